using System.Buffers.Binary;

namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>
/// Spreads repeated frames over many flows, uniformly and in an order that no prefetcher guesses: overwrites an IPv4 source address and
/// the source port behind it. The IPv4 header's checksum follows (RFC 1624); the transport's is left alone, as a balancer does not read it.
/// </summary>
internal sealed unsafe class FlowVariation(int sourceAddressAt, int sourcePortAt, int flows)
{
    private const int PortsPerAddress = 1 << 14, FirstPort = 1024;
    private const uint FirstAddress = 0x0A000001; // 10.0.0.1

    private ulong _state = 0x9E3779B97F4A7C15;

    public void Apply(in PacketSlot slot)
    {
        // One step of a 64-bit congruential generator; the upper half is random enough to pick a flow.
        _state = (_state * 6364136223846793005) + 1442695040888963407;
        uint flow = (uint)(((_state >> 32) * (ulong)flows) >> 32);
        Span<byte> frame = new(slot.Data, slot.Length);
        SetSource(frame, FirstAddress + (flow / PortsPerAddress));
        BinaryPrimitives.WriteUInt16BigEndian(frame[sourcePortAt..], (ushort)(FirstPort + (flow % PortsPerAddress)));
    }

    private void SetSource(Span<byte> frame, uint address)
    {
        // The checksum stands right before the source address.
        Span<byte> checksum = frame[(sourceAddressAt - 2)..];
        uint before = BinaryPrimitives.ReadUInt32BigEndian(frame[sourceAddressAt..]);
        uint sum = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(checksum);
        sum += (ushort)~(before >> 16) + (uint)(ushort)~before + (address >> 16) + (address & 0xFFFF);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, (ushort)~sum);
        BinaryPrimitives.WriteUInt32BigEndian(frame[sourceAddressAt..], address);
    }
}

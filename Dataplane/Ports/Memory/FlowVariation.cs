using System.Buffers.Binary;

namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>
/// Spreads repeated frames over many flows, uniformly and in an order that no prefetcher guesses: overwrites an IPv4 source address and
/// the source port behind it. Checksums of that inner packet are left alone, as a balancer does not read them.
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
        BinaryPrimitives.WriteUInt32BigEndian(frame[sourceAddressAt..], FirstAddress + (flow / PortsPerAddress));
        BinaryPrimitives.WriteUInt16BigEndian(frame[sourcePortAt..], (ushort)(FirstPort + (flow % PortsPerAddress)));
    }
}

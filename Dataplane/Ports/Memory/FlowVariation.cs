using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>
/// Spreads repeated frames over many flows: overwrites four bytes of a source address and the source port behind it. An IPv4 header's checksum
/// follows (RFC 1624); the transport's is left alone, as a balancer does not read it. Flows come uniformly and in an order that no
/// prefetcher guesses, or as they were drawn before. bench/reference/wire.h does the same.
/// </summary>
/// <param name="draws">Flow numbers in the order of their packets, again from the first after the last; null: uniformly random ones.</param>
internal sealed unsafe class FlowVariation(int sourceAddressAt, int sourcePortAt, int flows, uint[]? draws = null)
{
    private const int PortsPerAddress = 1 << 14, FirstPort = 1024;
    private const uint FirstAddress = 0x0A000001; // 10.0.0.1

    /// <summary>Of the header before the address: IPv4's.</summary>
    public bool HasHeaderChecksum { get; init; } = true;

    private ulong _state = 0x9E3779B97F4A7C15;
    private int _next;

    /// <summary>Which flow a frame was made part of, by what stands in it.</summary>
    /// <param name="address">Packet order; likewise <paramref name="port"/>.</param>
    public static uint FlowOf(uint address, ushort port) =>
        ((BinaryPrimitives.ReverseEndianness(address) - FirstAddress) * PortsPerAddress) + BinaryPrimitives.ReverseEndianness(port) - FirstPort;

    /// <summary>The frame holds what is overwritten: the wire's owner made both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(byte* frame)
    {
        uint flow = draws == null ? Random() : Drawn(draws);
        uint address = BinaryPrimitives.ReverseEndianness(FirstAddress + (flow / PortsPerAddress));
        if (HasHeaderChecksum) Mend(frame + sourceAddressAt, address);
        Unsafe.WriteUnaligned(frame + sourceAddressAt, address);
        Unsafe.WriteUnaligned(frame + sourcePortAt, BinaryPrimitives.ReverseEndianness((ushort)(FirstPort + (flow % PortsPerAddress))));
    }

    /// <summary>One step of a 64-bit congruential generator; the upper half is random enough to pick a flow.</summary>
    private uint Random()
    {
        _state = (_state * 6364136223846793005) + 1442695040888963407;
        return (uint)(((_state >> 32) * (ulong)flows) >> 32);
    }

    private uint Drawn(uint[] from)
    {
        if (_next >= from.Length) _next = 0;
        return from[_next++];
    }

    /// <summary>The checksum stands right before the source address.</summary>
    private static void Mend(byte* at, uint address)
    {
        uint before = Unsafe.ReadUnaligned<uint>(at);
        uint sum = (uint)(ushort)~Unsafe.ReadUnaligned<ushort>(at - 2) + (ushort)~before + (ushort)~(before >> 16) + (address & 0xFFFF) + (address >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        Unsafe.WriteUnaligned(at - 2, (ushort)~sum);
    }
}

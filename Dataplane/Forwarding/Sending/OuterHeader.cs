using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>New outer IP headers towards a backend.</summary>
internal static unsafe class OuterHeader
{
    private const byte NewTimeToLive = 64;

    /// <summary>In the header's first eight bytes.</summary>
    private const ulong DontFragment = (ulong)Ipv4Header.DontFragmentRaw << 48;

    /// <summary>Of a header for this backend.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bytes(BackendRecord* backend) => backend->Address.IsIpv4 ? Ipv4Header.Size : Ipv6Header.Size;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort EtherTypeOf(BackendRecord* backend) => backend->Address.IsIpv4 ? EtherType.Ipv4Raw : EtherType.Ipv6Raw;

    /// <summary>Of the family of the backend.</summary>
    /// <param name="at">Where <see cref="Bytes"/> are free.</param>
    /// <param name="trafficClass">DSCP and ECN.</param>
    /// <param name="payload">Bytes behind it.</param>
    /// <param name="hash">Of the flow: its label (RFC 6438).</param>
    public static void Write(byte* at, BackendRecord* backend, byte protocol, byte trafficClass, int payload, ulong hash, byte timeToLive = NewTimeToLive)
    {
        if (backend->Address.IsIpv4) WriteNewIpv4(at, backend, protocol, trafficClass, payload, timeToLive);
        else WriteIpv6((Ipv6Header*)at, backend, protocol, trafficClass, payload, hash, timeToLive);
    }

    /// <param name="first">Version to fragment bits.</param>
    /// <param name="middle">TTL and protocol; 0 where the checksum goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteIpv4(byte* at, ulong first, uint middle, BackendRecord* backend)
    {
        // In whole words: bytes that were just written and are read in a wider word would wait for each other.
        uint source = backend->Source.Ipv4, destination = backend->Address.Ipv4;
        ulong sum = (uint)first + (first >> 32) + middle + source + destination;
        Unsafe.WriteUnaligned(at, first);
        Unsafe.WriteUnaligned(at + 8, middle | ((uint)InternetChecksum.Finish(sum) << 16));
        Unsafe.WriteUnaligned(at + 12, source | ((ulong)destination << 32));
    }

    /// <summary>RFC 6864 section 4: an atomic datagram needs no identification.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteNewIpv4(byte* at, BackendRecord* backend, byte protocol, byte trafficClass, int payload, byte timeToLive = NewTimeToLive)
    {
        ulong length = BinaryPrimitives.ReverseEndianness((ushort)(Ipv4Header.Size + payload));
        WriteIpv4(at, Ipv4Header.WithoutOptions | ((ulong)trafficClass << 8) | (length << 16) | DontFragment, timeToLive | ((uint)protocol << 8), backend);
    }

    private static void WriteIpv6(Ipv6Header* ip, BackendRecord* backend, byte protocol, byte trafficClass, int payload, ulong hash, byte hopLimit)
    {
        ip->FirstWordRaw = BinaryPrimitives.ReverseEndianness(0x6000_0000 | ((uint)trafficClass << 20) | ((uint)hash & 0xF_FFFF));
        ip->PayloadLength.Value = (ushort)payload;
        ip->NextHeader = protocol;
        ip->HopLimit = hopLimit;
        ip->Source = backend->Source;
        ip->Destination = backend->Address;
    }
}

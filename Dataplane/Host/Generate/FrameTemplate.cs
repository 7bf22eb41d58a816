using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>A whole frame but for what differs from packet to packet: source, stamp, and the checksums over them.</summary>
internal sealed unsafe class FrameTemplate
{
    /// <summary>Sources begin here: the networks for benchmarks (RFC 2544, RFC 5180), which nobody else has.</summary>
    public const uint SourceBase = 0xC612_0000;

    private const byte HopLimit = 64;

    private FrameTemplate(byte[] bytes, int innerAt, bool isIpv6, bool isUdp)
    {
        Bytes = bytes;
        InnerAt = innerAt;
        IsIpv6 = isIpv6;
        IsUdp = isUdp;
    }

    public byte[] Bytes { get; }

    public int InnerAt { get; }

    public bool IsIpv6 { get; }

    public bool IsUdp { get; }

    /// <summary>Four bytes; of an IPv6 address the last four.</summary>
    public int SourceAt => InnerAt + (IsIpv6 ? 20 : 12);

    public int TransportAt => InnerAt + IpBytes(IsIpv6);

    public int ChecksumAt => TransportAt + (IsUdp ? 6 : 16);

    public int StampAt => Bytes.Length - Stamp.Bytes;

    /// <summary>Fields behind the stamp's odd beginning sum with their bytes swapped.</summary>
    public bool IsStampOdd => ((StampAt - TransportAt) & 1) != 0;

    /// <summary>The sum of the inner IPv4 header's constant words; 0 for IPv6.</summary>
    public int HeaderSum => IsIpv6 ? 0 : Sum(InnerAt, TransportAt);

    /// <summary>The sum of what is constant in pseudo-header, header and payload.</summary>
    public int TransportSum
    {
        get
        {
            int addresses = IsIpv6 ? 8 : 12, length = Bytes.Length - TransportAt;
            int sum = Sum(InnerAt + addresses, TransportAt) + Sum(TransportAt, Bytes.Length);
            return sum + BinaryPrimitives.ReverseEndianness((ushort)length) + BinaryPrimitives.ReverseEndianness((ushort)(IsUdp ? IpProtocol.Udp : IpProtocol.Tcp));
        }
    }

    public static int LeastBytes(GenerateOptions options)
    {
        bool isIpv6 = options.Vip.AddressFamily == AddressFamily.InterNetworkV6;
        int plain = EthernetHeader.Size + IpBytes(isIpv6) + TransportBytes(options.IsUdp) + Stamp.Bytes;
        // Never less than Ethernet's own least, also out of its tunnel: padding would stand behind the stamp.
        return Math.Max(plain, 60) + TunnelBytes(options);
    }

    /// <param name="own">MAC address of the device.</param>
    /// <param name="balancer">Its MAC address.</param>
    /// <param name="router">Outer source of GRE.</param>
    /// <param name="run">Of the stamp.</param>
    public static FrameTemplate Build(GenerateOptions options, ReadOnlySpan<byte> own, ReadOnlySpan<byte> balancer, IPAddress? router, int run)
    {
        bool isIpv6 = options.Vip.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] bytes = new byte[options.FrameBytes ?? LeastBytes(options)];
        int innerAt = EthernetHeader.Size + TunnelBytes(options);
        FrameTemplate template = new(bytes, innerAt, isIpv6, options.IsUdp);
        balancer.CopyTo(bytes);
        own.CopyTo(bytes.AsSpan(6));
        bool isOuterIpv6 = options.Form == GenerateForm.Gre ? options.Balancer.AddressFamily == AddressFamily.InterNetworkV6 : isIpv6;
        Put16(bytes, 12, EtherTypeOf(isOuterIpv6));
        if (options.Form == GenerateForm.Gre)
        {
            WriteIp(bytes, EthernetHeader.Size, bytes.Length, IpProtocol.Gre, router!, options.Balancer);
            Put16(bytes, innerAt - 2, EtherTypeOf(isIpv6));
        }

        WriteIp(bytes, innerAt, bytes.Length, options.IsUdp ? IpProtocol.Udp : IpProtocol.Tcp, isIpv6 ? IPAddress.Parse("2001:2::") : IPAddress.Any, options.Vip.Address);
        if (!isIpv6) Put16(bytes, innerAt + 10, 0);
        template.WriteTransport(options.Vip.Port);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(template.StampAt), run);
        return template;
    }

    private static int IpBytes(bool isIpv6) => isIpv6 ? Ipv6Header.Size : Ipv4Header.Size;

    private static int TransportBytes(bool isUdp) => isUdp ? UdpHeader.Size : TcpHeader.Size;

    private static int TunnelBytes(GenerateOptions options) =>
        options.Form == GenerateForm.Plain ? 0 : IpBytes(options.Balancer.AddressFamily == AddressFamily.InterNetworkV6) + GreHeader.Size;

    private static ushort EtherTypeOf(bool isIpv6) => isIpv6 ? (ushort)0x86DD : (ushort)0x0800;

    private static void Put16(byte[] bytes, int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)value);

    private static void WriteIp(byte[] bytes, int at, int end, byte protocol, IPAddress source, IPAddress destination)
    {
        if (destination.AddressFamily == AddressFamily.InterNetworkV6)
        {
            bytes[at] = 0x60;
            Put16(bytes, at + 4, end - at - Ipv6Header.Size);
            bytes[at + 6] = protocol;
            bytes[at + 7] = HopLimit;
            source.GetAddressBytes().CopyTo(bytes, at + 8);
            destination.GetAddressBytes().CopyTo(bytes, at + 24);
            return;
        }

        bytes[at] = Ipv4Header.WithoutOptions;
        Put16(bytes, at + 2, end - at);
        Put16(bytes, at + 6, 0x4000); // do not fragment
        bytes[at + 8] = HopLimit;
        bytes[at + 9] = protocol;
        source.GetAddressBytes().CopyTo(bytes, at + 12);
        destination.GetAddressBytes().CopyTo(bytes, at + 16);
        fixed (byte* header = &bytes[at]) *(ushort*)(header + 10) = InternetChecksum.Compute(header, Ipv4Header.Size);
    }

    private void WriteTransport(int port)
    {
        Put16(Bytes, TransportAt + 2, port);
        if (IsUdp)
        {
            Put16(Bytes, TransportAt + 4, Bytes.Length - TransportAt);
            return;
        }

        Bytes[TransportAt + 12] = 0x50; // five words
        Bytes[TransportAt + 13] = TcpHeader.Acknowledge;
        Put16(Bytes, TransportAt + 14, 0xFFFF); // window
    }

    private int Sum(int from, int to)
    {
        fixed (byte* bytes = Bytes)
        {
            ulong sum = InternetChecksum.Sum(bytes + from, to - from);
            sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
            sum = (sum & 0xFFFF) + (sum >> 16);
            return (int)((sum & 0xFFFF) + (sum >> 16));
        }
    }
}

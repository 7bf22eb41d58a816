using System.Buffers.Binary;
using CsCheck;
using RustyRail.Tests.Support.Packets;

namespace Property.Tests.Forwarding;

/// <summary>Frames of every class, then damaged: changed bytes, cut ends, longer ends; often with the checksums made right again, so that the damage gets past them.</summary>
internal static class Frames
{
    private static readonly byte[][] Sound = [.. Inside().SelectMany(inside => Around().Select(around => inside(around).Build())), .. Strangers()];

    private static readonly Gen<(int At, byte Value)> Change = Gen.Select(Gen.OneOf(Gen.Int[12, 60], Gen.Int[0, 120]), Gen.OneOf(Gen.Byte, Gen.OneOf<byte>([0, 1, 4, 5, 6, 17, 20, 47, 69, 79, 255])));

    /// <summary>Frame, and the headroom before it.</summary>
    public static Gen<(byte[] Frame, int Headroom)> Any { get; } = Gen.Frequency(
        (20, Gen.Select(
            Gen.Int[0, Sound.Length - 1],
            Change.Array[0, 3],
            Gen.Frequency((4, Gen.Const(int.MaxValue)), (1, Gen.Int[0, 120])),
            Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 40])),
            Gen.Bool,
            (which, changes, cut, more, mends) => Damage(Sound[which], changes, cut, more, mends))),
        (1, Gen.Byte.Array[0, 200]))
        .Select(Gen.Frequency((9, Gen.Const(128)), (1, Gen.OneOf(0, 23, 24))), (frame, headroom) => (frame, headroom));

    private static byte[] Damage(byte[] sound, (int At, byte Value)[] changes, int cut, int more, bool mends)
    {
        byte[] frame = [.. sound[..Math.Min(cut, sound.Length)], .. new byte[more]];
        foreach ((int at, byte value) in changes)
        {
            if (at < frame.Length) frame[at] = value;
        }

        if (mends) Mend(frame);
        return frame;
    }

    /// <summary>Right header checksums wherever the damaged frame now says that a header is.</summary>
    private static void Mend(Span<byte> frame)
    {
        if (frame.Length < 34) return;
        Span<byte> ip = frame[14..];
        int header = (ip[0] & 15) * 4;
        if (ip[9] == 47 && header >= 20 && ip.Length >= header + 4)
        {
            Span<byte> gre = ip[header..];
            int options = ((gre[0] & 0x80) != 0 ? 4 : 0) + ((gre[0] & 0x20) != 0 ? 4 : 0) + ((gre[0] & 0x10) != 0 ? 4 : 0);
            if (gre.Length >= 24 + options) MendIp(gre[(4 + options)..]);
        }

        MendIp(ip);
    }

    private static void MendIp(Span<byte> ip)
    {
        int header = (ip[0] & 15) * 4;
        if (header < 20 || header > ip.Length) return;
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Rfc1071.Of(ip[..header]));
    }

    private static IEnumerable<PacketBuilder> Around() =>
    [
        PacketBuilder.Ethernet(),
        Router(),
        Router(gre: gre => gre with { HasChecksum = true }),
        Router(gre: gre => gre with { Key = 5, Sequence = 6 }),
        Router(gre: gre => gre with { HasChecksum = true, Key = 5 }),
        Router(ip => ip with { Options = new byte[7], TimeToLive = 2 }),
    ];

    private static IEnumerable<Func<PacketBuilder, PacketBuilder>> Inside() =>
    [
        around => around.Ipv4("10.0.0.9", "10.1.0.1").Tcp(999, 80).PayloadOf(9),
        around => around.Ipv4("10.0.0.9", "10.1.0.1", ip => ip with { Options = new byte[12] }).Tcp(999, 80, TcpControl.Syn),
        around => around.Ipv4("10.0.0.9", "10.1.0.1").Udp(999, 53).PayloadOf(30),
        around => around.Ipv4("10.0.0.9", "10.1.0.1").Tcp(999, 81),
        around => around.Ipv4("10.0.0.9", "10.2.0.77").Icmp().PayloadOf(3),
        around => around.Ipv4("10.0.0.9", "10.2.0.1", ip => ip with { Protocol = 50 }).PayloadOf(1),
        around => around.Ipv4("10.0.0.9", "10.2.0.1", ip => ip with { FragmentField = Ipv4Layer.MoreFragments }).Udp(1, 2).PayloadOf(64),
        around => around.Ipv4("10.0.0.9", "10.1.0.1").Tcp(999, 80).PayloadOf(1440),
        around => around.Ipv4("10.0.0.9", "10.9.9.9").Tcp(999, 80).PayloadOf(9),
    ];

    private static IEnumerable<byte[]> Strangers() =>
    [
        PacketBuilder.Ethernet(type: 0x0806).PayloadOf(28).Build(),
        PacketBuilder.Ethernet().Ipv4("192.0.2.1", "192.168.137.188").Gre().Ipv4("10.0.0.9", "10.1.0.1").Tcp(1, 80).Build(),
        PacketBuilder.Ethernet().Ipv4("192.0.2.1", "10.2.0.1").Gre(gre => gre with { ProtocolType = 0x86DD }).PayloadOf(50).Build(),
        PacketBuilder.Ethernet().Ipv4("192.168.137.1", "10.1.0.1").Gre().Ipv4("10.0.0.9", "10.9.0.1").Tcp(1, 80).Build(),
    ];

    private static PacketBuilder Router(Func<Ipv4Layer, Ipv4Layer>? outer = null, Func<GreLayer, GreLayer>? gre = null) =>
        PacketBuilder.Ethernet().Ipv4("192.168.137.1", "192.168.137.188", outer).Gre(gre);
}

using static Dataplane.Tests.Ports.Xdp.WireBytes;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>
/// Random frames that get far: mostly sound headers one behind the other, then some damage. Owner: one test, which prints the seed.
/// </summary>
internal sealed class AnySteeredFrame(int seed)
{
    // Those of SteeringCases and their neighbours.
    private static readonly string[] _ipv4 = [SteeringCases.Vip4, SteeringCases.Net4, SteeringCases.Other4, SteeringCases.Host4, "10.1.0.0", "10.2.4.0", "0.0.0.0"];
    private static readonly string[] _ipv6 = [SteeringCases.Vip6, SteeringCases.Net6, SteeringCases.Other6, SteeringCases.Host6, SteeringCases.Mapped, "2001:db8:3::", "::"];
    private static readonly byte[] _protocols = [Frames.Tcp, Frames.Udp, Frames.Icmp, Icmpv6, Icmpv6, 50];
    private static readonly byte[] _extensions = [HopByHop, Routing, DestinationOptions, HopByHop, Routing, DestinationOptions, DestinationOptions, Fragment, Authentication, NoNext];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        byte[] packet = Packet(depth: 0);
        int tags = OneIn(3) ? _random.Next(1, 4) : 0;
        int type = OneIn(25) ? _random.Next(0x10000) : packet[0] >> 4 == 6 ? Ipv6Type : Ipv4Type;
        byte[] frame = Tagged(packet, type, [.. Enumerable.Range(0, tags).Select(_ => OneIn(20) ? _random.Next(0x10000) : OneIn(2) ? 0x8100 : 0x88A8)]);
        if (OneIn(30)) frame[_random.Next(6)]++;
        if (OneIn(4)) Mutate(frame);
        return OneIn(4) ? frame[.._random.Next(Frames.Ethernet, frame.Length + 1)] : frame;
    }

    private byte[] Packet(int depth)
    {
        byte[] packet = Sound(depth);
        if (OneIn(50)) packet[0] = OneIn(2) ? (byte)_random.Next(256) : (byte)(0x40 | _random.Next(5));
        return packet;
    }

    private byte[] Sound(int depth)
    {
        bool isGre = depth == 0 && !OneIn(4);
        byte protocol = OneIn(20) ? (byte)_random.Next(256) : _protocols[_random.Next(_protocols.Length)];
        byte[] payload = isGre ? Gre() : [(byte)_random.Next(120, 145), .. new byte[_random.Next(30)]];
        if (isGre) protocol = Frames.Gre;
        if (OneIn(2))
        {
            int fragment = OneIn(10) ? _random.Next(0x10000) : OneIn(4) ? 0x4000 : 0;
            return Frames.Ip("10.0.0.7", _ipv4[_random.Next(_ipv4.Length)], protocol, payload, OneIn(5) ? _random.Next(5, 16) : 5, fragment);
        }

        byte[] kinds = [.. Enumerable.Range(0, OneIn(2) ? _random.Next(7) : 0).Select(_ => _extensions[_random.Next(_extensions.Length)])];
        return Ipv6("2001:db8:c::7", _ipv6[_random.Next(_ipv6.Length)], kinds.Length > 0 ? kinds[0] : protocol, Chain(kinds, protocol, payload));
    }

    private byte[] Gre()
    {
        byte[] inner = Packet(depth: 1);
        int flags = _random.Next(4) switch { 0 => 0, 1 => _random.Next(8) * 0x1000 & 0xB000, 2 => _random.Next(0x10000) & 0xB3F8, _ => OneIn(3) ? _random.Next(0x10000) : 0 };
        int? type = OneIn(10) ? ((int[])[Ipv4Type, Ipv6Type, 0x6558, 0x880B])[_random.Next(4)] : null;
        return new GrePacket(inner, flags, type ?? (inner[0] >> 4 == 6 ? Ipv6Type : Ipv4Type)).Bytes;
    }

    private void Mutate(byte[] frame)
    {
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            int at = _random.Next(Frames.Ethernet - 2, Math.Min(frame.Length, 140));
            frame[at] = OneIn(2) ? (byte)_random.Next(256) : (byte)(frame[at] ^ (1 << _random.Next(8)));
        }
    }

    private bool OneIn(int times) => _random.Next(times) == 0;
}

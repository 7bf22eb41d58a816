using System.Buffers.Binary;
using Dataplane.Tests.Ports.Xdp;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Ports.Tun;

/// <summary>
/// Both families, tagged and in tunnels, through the program, a worker that hands everything to the host, and the host: it has the VIPs and
/// answers echo requests to them.
/// </summary>
public sealed class HostEntryFamiliesTests : IDisposable
{
    private const string Client4 = "10.0.0.7", Client6 = "2001:db8:c::7", Vip4 = "10.1.0.9", Vip6 = "2001:db8:1::9";

    private readonly VethLab _lab = new();
    private readonly AfXdpPort _port;
    private readonly AfXdpDevice _device;

    public HostEntryFamiliesTests()
    {
        Skip.IfNot(Directory.Exists("/proc/sys/net/ipv6"), "this kernel has no IPv6");
        _lab.Node.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0"));
        _lab.Node.Ip($"address add {Vip4}/32 dev lo");
        _lab.Node.Ip($"address add {Vip6}/128 dev lo");
        _lab.Node.Ip($"address add 2001:db8:a::188/64 dev {VethLab.Device} nodad");
        _lab.Node.Ip($"neighbour add 2001:db8:a::1 lladdr 02:00:00:00:00:02 dev {VethLab.Device} nud permanent");
        _lab.Node.Ip($"route add default via {VethLab.PeerAddress}");
        _lab.Node.Ip("-6 route add default via 2001:db8:a::1");
        _port = _lab.Open(new AfXdpOptions { Device = VethLab.Device, Vips = SteeringBench.Prefixes("10.1.0.0/24", "2001:db8:1::/64") });
        _device = _port.Device;
        Skip.IfNot(_device.WhyNoHostPath is null, $"no TUN device: {_device.WhyNoHostPath}");
    }

    [SkippableFact]
    public void The_host_answers_what_is_tagged_and_what_was_in_a_tunnel_of_either_family()
    {
        ushort number = 0;
        foreach (int[] tags in (int[][])[[], [0x8100], [0x88A8, 0x8100]])
        {
            foreach (string vip in (string[])[Vip4, Vip6])
            {
                HandsOver(tags, Echo(vip, ++number), tunnelBytes: 0, number);
                byte[] inner = Echo(vip, ++number);
                byte[] over4 = WireBytes.Gre(inner, 0x2000).In4(ihl: 7);
                HandsOver(tags, over4, over4.Length - inner.Length, number);
                inner = Echo(vip, ++number);
                byte[] over6 = WireBytes.Gre(inner).In6(SteeringCases.Host6, WireBytes.DestinationOptions);
                HandsOver(tags, over6, over6.Length - inner.Length, number);
            }
        }
    }

    // Forwarding is switched on for the whole host afterwards, as by a routing daemon that starts.
    [SkippableFact]
    public void What_is_for_nobody_here_is_never_routed_on()
    {
        _lab.Node.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1"));
        _lab.Node.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        byte[][] foreign = [Echo("2001:db8:1::66", 1), Echo("10.1.0.66", 2)];
        foreach (byte[] packet in (byte[][])[.. foreign, Echo(Vip4, 3), Echo(Vip6, 4)]) _lab.Wire.Send(WireBytes.Frame(packet));
        int answers = 0, forwarded = 0;
        bool Sees(byte[] frame)
        {
            if (IsAnswer(frame, 3) || IsAnswer(frame, 4)) answers++;
            if (foreign.Any(packet => HasAddressesOf(packet, frame))) forwarded++;
            return false;
        }

        Assert.True(_lab.Work(_port, () => _lab.Wire.CountPresent(Sees) == 0 && answers == 2, (port, slot) => port.TryToHost(slot)));
        Assert.Equal(0, forwarded);
    }

    public void Dispose()
    {
        _lab.Node.Run(_device.Dispose);
        _lab.Dispose();
    }

    private void HandsOver(int[] tags, byte[] packet, int tunnelBytes, ushort number)
    {
        _lab.Wire.Send(WireBytes.Frame(packet, tags));
        int answers = 0;
        bool isAnswered = _lab.Work(_port, () => (answers += _lab.Wire.CountPresent(frame => IsAnswer(frame, number))) > 0, (port, slot) =>
        {
            slot.TunnelBytes = (ushort)tunnelBytes;
            return port.TryToHost(slot);
        });
        Assert.True(isAnswered, $"number {number}: {Convert.ToHexStringLower(WireBytes.Frame(packet, tags))}");
    }

    private static byte[] Echo(string destination, ushort number)
    {
        bool isIpv6 = destination.Contains(':', StringComparison.Ordinal);
        byte[] echo = [(byte)(isIpv6 ? 128 : 8), 0, 0, 0, 0x12, 0x34, .. WireBytes.Word(number), .. "what the host is asked"u8];
        byte[] packet = isIpv6 ? WireBytes.Ipv6(Client6, destination, WireBytes.Icmpv6, echo) : Frames.Ip(Client4, destination, Frames.Icmp, echo);
        // RFC 4443 section 2.3: over the addresses, length and next header as well.
        byte[] summed = isIpv6 ? [.. packet[8..40], .. WireBytes.Word(echo.Length), 0, WireBytes.Icmpv6, .. echo] : echo;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(packet.Length - echo.Length + 2), Rfc1071.Of(summed));
        return packet;
    }

    private static bool IsAnswer(byte[] frame, ushort number)
    {
        int transport = (frame[12] << 8 | frame[13]) switch { WireBytes.Ipv4Type => 34, WireBytes.Ipv6Type => 54, _ => frame.Length };
        return frame.Length > transport + 8 && frame[transport] is 0 or 129 && (frame[transport + 6] << 8 | frame[transport + 7]) == number;
    }

    // An ICMP error about the packet has them too, but elsewhere.
    private static bool HasAddressesOf(byte[] packet, byte[] frame)
    {
        Range addresses = packet[0] >> 4 == 6 ? 8..40 : 12..20;
        return frame.Length >= Frames.Ethernet + packet.Length && frame.AsSpan(Frames.Ethernet)[addresses].SequenceEqual(packet.AsSpan(addresses));
    }
}

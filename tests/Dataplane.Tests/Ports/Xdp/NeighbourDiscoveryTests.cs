using System.Buffers.Binary;
using System.Net;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>A router that has a VIP on its own segment asks the VIP now and then whether it is still there (RFC 4861 section 7.3).</summary>
public sealed class NeighbourDiscoveryTests
{
    private const string Router = "2001:db8:1::1", Vip = "2001:db8:1::9";

    [SkippableFact]
    public void A_vips_neighbour_gets_its_answer()
    {
        Skip.IfNot(Directory.Exists("/proc/sys/net/ipv6"), "this kernel has no IPv6");
        using VethLab lab = new();
        lab.Node.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0"));
        lab.Node.Ip($"address add {Vip}/64 dev {VethLab.Device} nodad");
        lab.Node.Ip($"neighbour add {Router} lladdr 02:00:00:00:00:02 dev {VethLab.Device} nud permanent");
        AfXdpPort port = lab.Open(new AfXdpOptions { Device = VethLab.Device, Vips = SteeringBench.Prefixes($"{Vip}/128") });
        using AfXdpDevice device = port.Device;
        lab.Wire.Send(WireBytes.Frame(Solicitation()));
        int answers = 0;
        Assert.True(lab.Work(port, () => (answers += lab.Wire.CountPresent(frame => frame.Length >= 78 && frame[20] == WireBytes.Icmpv6 && frame[54] == 136)) > 0,
            (p, slot) => p.TryToHost(slot)));
    }

    // RFC 4861 section 4.3, with the source's link-layer address.
    private static byte[] Solicitation()
    {
        byte[] message = [135, 0, 0, 0, 0, 0, 0, 0, .. IPAddress.Parse(Vip).GetAddressBytes(), 1, 1, .. Frames.PeerMac];
        byte[] packet = WireBytes.Ipv6(Router, Vip, WireBytes.Icmpv6, message);
        packet[7] = 255;
        byte[] summed = [.. packet[8..40], .. WireBytes.Word(message.Length), 0, WireBytes.Icmpv6, .. message];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), Rfc1071.Of(summed));
        return packet;
    }
}

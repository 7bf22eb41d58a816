using System.Net;
using System.Net.NetworkInformation;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.NextHops;

namespace ControlPlane.Tests.NextHops;

public sealed class KernelMessagesTests
{
    private static readonly byte[] Notification = NetlinkRequest
        .Create(RtnetlinkAbi.RTM_NEWNEIGH, 0, new ndmsg { ndm_family = Libc.AF_INET, ndm_ifindex = 7, ndm_state = RtnetlinkAbi.NUD_STALE }, "")
        .With(RtnetlinkAbi.NDA_DST, [192, 0, 2, 1])
        .With(RtnetlinkAbi.NDA_LLADDR, [2, 0, 0, 0, 0, 1])
        .With(RtnetlinkAbi.NDA_PROTOCOL, [82])
        .With(RtnetlinkAbi.NDA_FLAGS_EXT, [1, 0, 0, 0])
        .Finish(0);

    [Fact]
    public void A_neighbour_is_read_whole()
    {
        NetlinkMessage message = Assert.Single(NetlinkMessage.Split(Notification));

        Assert.True(KernelMessages.TryNeighbour(message, out Neighbour? neighbour));
        Assert.Equal(
            new Neighbour(7, IPAddress.Parse("192.0.2.1"), RtnetlinkAbi.NUD_STALE, 0, IsManaged: true, Protocol: 82, PhysicalAddress.Parse("02-00-00-00-00-01")),
            neighbour);
    }

    [Fact]
    public void A_link_may_have_another_mtu_for_IPv6()
    {
        // Two settings are behind: as in the kernel, whose list grows.
        byte[] settings = [.. BitConverter.GetBytes(0), .. BitConverter.GetBytes(64), .. BitConverter.GetBytes(1380), .. new byte[8]];
        byte[] family = Attribute(Libc.AF_INET6, Attribute(RtnetlinkAbi.IFLA_INET6_CONF, settings));

        Assert.Equal((1500, 1380), Mtus(family));
        Assert.Equal((1500, null), Mtus(Attribute(Libc.AF_INET, settings)));
        for (int length = 0; length < family.Length; length++) Assert.True(Mtus(family[..length]) is (1500, null or 1380));
    }

    private static (int, int?) Mtus(byte[] families)
    {
        byte[] bytes = NetlinkRequest.Create(RtnetlinkAbi.RTM_NEWLINK, 0, new ifinfomsg { ifi_index = 2 }, "")
            .With(RtnetlinkAbi.IFLA_IFNAME, "eth0\0"u8).With(RtnetlinkAbi.IFLA_MTU, BitConverter.GetBytes(1500)).With(RtnetlinkAbi.IFLA_AF_SPEC, families).Finish(0);
        Assert.True(KernelMessages.TryLink(Assert.Single(NetlinkMessage.Split(bytes)), out Link? link));
        return (link.MtuBytes, link.Ipv6MtuBytes);
    }

    private static byte[] Attribute(int type, byte[] value) => [.. BitConverter.GetBytes((ushort)(value.Length + 4)), .. BitConverter.GetBytes((ushort)type), .. value];

    [Fact]
    public void Several_messages_of_one_datagram_are_told_apart() =>
        Assert.Equal(3, NetlinkMessage.Split((byte[])[.. Notification, .. Notification, .. Notification]).Count);

    [Fact]
    public void Bytes_that_lie_about_their_length_are_never_followed()
    {
        Random random = new(1);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = Notification[..random.Next(Notification.Length + 1)];
            for (int i = random.Next(4); i > 0 && damaged.Length > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            foreach (NetlinkMessage message in NetlinkMessage.Split(damaged))
            {
                KernelMessages.TryNeighbour(message, out _);
                KernelMessages.TryLink(message, out _);
                KernelMessages.TryRoute(message with { Type = RtnetlinkAbi.RTM_NEWROUTE }, out _);
            }
        }
    }
}

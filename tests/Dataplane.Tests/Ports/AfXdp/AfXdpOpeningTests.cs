using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.AfXdp;

public sealed class AfXdpOpeningTests
{
    private static readonly AfXdpOptions _options = new() { Device = VethLab.Device, Vips = VethLab.Vips };

    [SkippableFact]
    public void An_unknown_device_is_named()
    {
        Assert.Equal("no network device named 'rrt-none'", Refusal("rrt-none"));
        Assert.Equal("no network device named ''", Refusal(""));
        Assert.Equal("no network device named 'a-name-that-no-device-can-have'", Refusal("a-name-that-no-device-can-have"));

        static string Refusal(string name) => Assert.Throws<PortException>(() => AfXdpPort.Open(new AfXdpOptions { Device = name })).Message;
    }

    [SkippableFact]
    public void A_device_that_is_down_or_not_ethernet_is_refused()
    {
        using VethLab lab = new();
        lab.Node.Ip($"link set {VethLab.Device} down");
        Assert.Equal("vnode: the device is down; bring it up with: ip link set vnode up", Refusal(lab, _options));
        Assert.Equal("lo: not an Ethernet device", Refusal(lab, _options with { Device = "lo" }));
    }

    [SkippableFact]
    public void An_mtu_that_does_not_fit_a_chunk_is_refused()
    {
        using VethLab lab = new(mtu: 9000);
        Assert.Equal($"vnode: MTU 9000 is too large for AF_XDP without multi-buffer: at most {AfXdpOpening.MaxMtuBytes}", Refusal(lab, _options));
        Assert.Equal(default, lab.Attached());
    }

    [SkippableFact]
    public void A_queue_that_the_device_has_not_is_refused()
    {
        using VethLab lab = new();
        Assert.Equal("vnode: there is no queue 7: the device has 1", Refusal(lab, _options with { Queue = 7 }));
        Assert.Equal("vnode: queue 300 is not in 0-255", Refusal(lab, _options with { Queue = 300 }));
        Assert.Equal(default, lab.Attached());
    }

    [Theory]
    [InlineData(65536, 1, 65536)]
    [InlineData(65536, 2, 32768)]
    [InlineData(65536, 3, 16384)]
    [InlineData(65536, 16, 4096)]
    [InlineData(65536, 64, 4096)]
    [InlineData(256, 1, 256)]
    [InlineData(256, 4, 256)]
    public void Queues_share_the_receive_frames(int frames, int queues, int each)
    {
        AfXdpOptions last = (_options with { Queue = 5, ReceiveFrames = frames }).ForQueue(queues - 1, queues);
        Assert.Equal((5 + queues - 1, each), (last.Queue, last.ReceiveFrames));
    }

    [SkippableFact]
    public void Too_large_for_the_drivers_xdp_is_generic_with_the_reason()
    {
        using VethLab lab = new(mtu: AfXdpOpening.MaxMtuBytes);
        lab.Peer.Execute("ethtool", $"-K {VethLab.PeerDevice} gso off tso off");
        AfXdpPort port = lab.Open(_options);
        using AfXdpDevice device = port.Device;
        Assert.Equal((XdpMode.Generic, "generic XDP, copy"), (device.Mode, device.Describe()));
        Assert.Matches("^native XDP refused: .*MTU.*\\(ERANGE\\)$", device.WhyGeneric);
        Assert.Equal([$"vnode: generic XDP, which is slower: {device.WhyGeneric}"], device.Warnings());

        // The longest frame that the MTU allows comes through whole.
        byte[] payload = new byte[AfXdpOpening.MaxMtuBytes - Frames.Ipv4];
        Random.Shared.NextBytes(payload);
        byte[] frame = Frames.Eth(Frames.Ip("10.0.0.7", VethLab.Vip, Frames.Udp, payload));
        lab.Wire.Send(frame, 10);
        int back = 0;
        Assert.True(lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) == 10));
        Assert.True(lab.PingWorks());
    }

    [SkippableFact]
    public void Without_privileges_the_refusal_says_which_are_needed()
    {
        using VethLab lab = new();
        lab.Node.Run(Capabilities.Drop);
        string message = Refusal(lab, _options);
        Assert.StartsWith("vnode: no permission for socket(AF_XDP): run as root, or with CAP_NET_ADMIN, ", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_failed_opening_leaves_no_descriptors_behind()
    {
        using VethLab lab = new();
        AfXdpOptions bad = _options with { Queue = 7, ReceiveFrames = 64, TransmitFrames = 64 };
        Refusal(lab, bad);

        // Other tests of this process open some at the same time, but not hundreds.
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 300; i++) Refusal(lab, bad);
        Assert.True(Directory.GetFiles("/proc/self/fd").Length - before < 200);
    }

    [SkippableFact]
    public void Queues_that_nobody_serves_are_a_warning()
    {
        using VethLab lab = new();
        lab.Node.Ip("link add vmany numrxqueues 4 numtxqueues 1 type veth peer name vother");
        lab.Node.Ip("link set vmany up");
        lab.Node.Execute("ethtool", "-L vmany rx 4", mayFail: true);
        using AfXdpDevice device = lab.Open(_options with { Device = "vmany" }).Device;
        Assert.Contains(lab.Node.Run(() => device.Warnings().ToArray()), line => line.StartsWith("vmany: 4 receive queues, one is served", StringComparison.Ordinal));
    }

    private static string Refusal(VethLab lab, AfXdpOptions options) => Assert.Throws<PortException>(() => lab.Open(options)).Message;
}

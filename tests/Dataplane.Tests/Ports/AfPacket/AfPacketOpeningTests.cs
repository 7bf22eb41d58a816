using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfPacket;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.AfPacket;

public sealed unsafe class AfPacketOpeningTests
{
    private static readonly AfPacketOptions _options = new() { Device = VethLab.Device, Vips = VethLab.Vips };

    [SkippableFact]
    public void An_unknown_device_is_named() =>
        Assert.Equal("no network device named 'rrt-none'", Assert.Throws<PortException>(() => AfPacketPort.Open(_options with { Device = "rrt-none" })).Message);

    [SkippableFact]
    public void A_device_that_is_down_or_not_ethernet_is_refused()
    {
        using VethLab lab = new();
        lab.Node.Ip($"link set {VethLab.Device} down");
        Assert.Equal("vnode: the device is down; bring it up with: ip link set vnode up", Refusal(lab, _options));
        Assert.Equal("lo: not an Ethernet device", Refusal(lab, _options with { Device = "lo" }));
    }

    [SkippableFact]
    public void Without_privileges_the_refusal_says_which_are_needed()
    {
        using VethLab lab = new();
        lab.Node.Run(Capabilities.Drop);
        Assert.StartsWith("vnode: no permission for socket(AF_PACKET): run as root, or with CAP_NET_RAW", Refusal(lab, _options), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Without_a_place_for_the_filter_the_port_works_and_says_what_that_means()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_options, _ => []);
        using AfPacketDevice device = port.Device;
        string[] warnings = [.. device.Warnings()];
        Assert.StartsWith("vnode: the host sees the VIPs' packets too and may answer them (unreachable, reset): ", warnings[0], StringComparison.Ordinal);
        Assert.Contains("no host filter", device.Describe(), StringComparison.Ordinal);

        // The host had the frame, so it must not have it again.
        lab.Wire.Send(Frames.RouterGre("10.9.0.1"));
        int handed = 0;
        Assert.True(lab.Work(port, () => handed == 1, (p, slot) =>
        {
            slot.KeptFromHost = true;
            if (slot.Data[23] == Frames.Gre) handed++;
            return p.TryToHost(slot);
        }));
        Assert.Equal(1, lab.Wire.Count(IsUnreachable, 2, TimeSpan.FromMilliseconds(300)));
    }

    [SkippableFact]
    public void A_failed_opening_leaves_no_descriptors_and_no_filter_behind()
    {
        using VethLab lab = new();
        AfPacketOptions bad = _options with { Vips = [new VipPrefix(default, 140)] };
        lab.OpenPacket(bad).Device.Dispose(); // such VIPs only cost the filter
        Assert.Equal("", lab.Node.Execute("tc", $"qdisc show dev {VethLab.Device} clsact", mayFail: true));

        AfPacketOptions worse = _options with { ReceiveFrames = int.MaxValue, TransmitBytes = 1 << 20, Device = "lo" };
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 300; i++) Refusal(lab, worse);
        Assert.True(Directory.GetFiles("/proc/self/fd").Length - before < 200);
    }

    [SkippableFact]
    public void A_program_that_af_xdp_left_is_taken_away()
    {
        using VethLab lab = new();
        lab.Open().Device.Dispose();
        Assert.NotEqual(default, lab.Attached());
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        Assert.Equal(default, lab.Attached());
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip));
        int seen = 0;
        Assert.True(lab.Work(port, () => seen == 1, (_, slot) => VethLab.IsForVip(slot) && ++seen < 0));
    }

    [SkippableFact]
    public void Another_owners_xdp_program_stays()
    {
        using VethLab lab = new();
        BpfAssembler code = new();
        code.Move(Register.R0, RustyRail.Dataplane.Native.XdpAbi.XDP_PASS);
        code.Exit();
        using BpfProgram foreign = BpfProgram.LoadXdp(code.Assemble(), "katran");
        lab.Node.Run(() =>
        {
            using NetDevice device = NetDevice.Find(VethLab.Device);
            Assert.Equal(0, XdpLink.Attach(device.Index, foreign.Fd, XdpMode.Native).Errno);
        });
        XdpState before = lab.Attached();
        using AfPacketDevice opened = lab.OpenPacket().Device;
        Assert.Equal(before, lab.Attached());
    }

    private static string Refusal(VethLab lab, AfPacketOptions options) => Assert.Throws<PortException>(() => lab.OpenPacket(options)).Message;

    private static bool IsUnreachable(byte[] f) => f.Length > 35 && f[23] == Frames.Icmp && f[34] == 3;
}

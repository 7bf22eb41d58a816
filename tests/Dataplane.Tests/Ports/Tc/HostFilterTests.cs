using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfPacket;
using RustyRail.Dataplane.Ports.Tc;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Tc;

/// <summary>The filter on a real device, in both places where it may be attached.</summary>
public sealed class HostFilterTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly AfPacketOptions _keepVips = new() { Device = VethLab.Device };

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void The_host_answers_nothing_that_a_worker_gets_and_all_else(string place)
    {
        using VethLab lab = new();
        lab.Node.Ip($"address add {VethLab.Vip}/32 dev lo");
        AssertKernelAnswers(lab, expected: true);

        using AfPacketDevice device = Open(lab, place);
        Assert.Contains($"host filter by {place}", device.Describe(), StringComparison.Ordinal);
        AssertKernelAnswers(lab, expected: false);
        Assert.True(lab.PingWorks());
        Assert.Equal("hello", HostTcp.Exchange(lab, "hello"));
        lab.Wire.Send(Frames.RouterGre("10.9.0.1"));
        Assert.Equal(1, lab.Wire.Count(f => IsUnreachable(f, code: 2), 1, _patience));
    }

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void A_frame_that_lies_in_pieces_is_judged_like_any_other(string place)
    {
        // A raw socket makes what is longer than a page of 14 bytes and pages.
        using VethLab lab = new(mtu: 9000);
        using AfPacketDevice device = Open(lab, place);
        lab.Wire.Send(Long(VethLab.Vip), 5);
        lab.Wire.Send(Long("10.9.0.1"));
        Assert.Equal(1, lab.Wire.Count(f => IsUnreachable(f, code: 2), 2, TimeSpan.FromMilliseconds(500)));

        static byte[] Long(string inner) => Frames.Eth(Frames.Ip("192.168.137.1", VethLab.NodeAddress, Frames.Gre,
            [.. Frames.GreHeader(0), .. Frames.Ip("10.0.0.7", inner, Frames.Udp, new byte[8000])]));
    }

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void While_no_worker_lives_the_vips_frames_are_dropped_and_all_else_passes(string place)
    {
        using VethLab lab = new();
        Open(lab, place).Dispose();
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip), 10);
        lab.Wire.Send(Frames.RouterGre("10.9.0.1"));
        Assert.Equal(1, lab.Wire.Count(f => IsUnreachable(f, code: 2), 2, TimeSpan.FromMilliseconds(500)));
        Assert.True(lab.PingWorks());
        Assert.Equal("still here", HostTcp.Exchange(lab, "still here"));
    }

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void A_successor_goes_on_with_the_filter_and_the_vips_of_one_that_died(string place)
    {
        using VethLab lab = new();
        Open(lab, place).Dispose();
        uint before = AttachedId(lab);
        Assert.NotEqual(0u, before);

        // It looks in all places.
        AfPacketDevice successor = lab.OpenPacket(_keepVips).Device;
        Assert.True(successor.TookOver);
        Assert.Contains($"host filter by {place}", successor.Describe(), StringComparison.Ordinal);
        Assert.Equal(before, AttachedId(lab));
        AssertDrops(lab, VethLab.Vip, "10.9.0.1");

        lab.Node.Run(() => successor.SetVips([VipPrefix.Of(System.Net.IPNetwork.Parse("10.9.0.0/16"))]));
        AssertDrops(lab, "10.9.0.1", VethLab.Vip);
        successor.Dispose();
    }

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void An_older_version_is_replaced_and_its_vips_stay(string place)
    {
        using VethLab lab = new();
        using BpfProgram older = OlderVersion(VethLab.Vip);
        IngressHook hook = Hook(lab, place);
        lab.Node.Run(() => hook.Attach(older));
        using AfPacketDevice device = lab.OpenPacket(_keepVips).Device;
        Assert.True(device.TookOver);
        Assert.NotEqual(older.ReadId(), AttachedId(lab));
        AssertDrops(lab, VethLab.Vip, "10.9.0.1");
        lab.Node.Run(device.Detach);
        Assert.Equal(0u, AttachedId(lab));
    }

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void Others_programs_stay_and_get_what_is_left_to_the_host(string place)
    {
        using VethLab lab = new();
        using BpfProgram foreign = Named("foreign", TcAbi.TC_ACT_SHOT);
        IngressHook hook = Hook(lab, place);
        lab.Node.Run(() => hook.Attach(foreign));
        Assert.False(lab.PingWorks());

        AfPacketDevice device = Open(lab, place);
        lab.Node.Run(device.Detach);
        device.Dispose();
        Assert.Equal(0u, AttachedId(lab));
        Assert.False(lab.PingWorks());
        lab.Node.Run(() => hook.Detach(foreign));
        Assert.True(lab.PingWorks());
    }

    [SkippableTheory]
    [InlineData("tcx")]
    [InlineData("clsact")]
    public void Detaching_gives_the_device_back(string place)
    {
        using VethLab lab = new();
        string before = lab.Node.Execute("tc", $"qdisc show dev {VethLab.Device}");
        using AfPacketDevice device = Open(lab, place);
        lab.Node.Run(device.Detach);
        Assert.Equal(0u, AttachedId(lab));
        Assert.Equal(before, lab.Node.Execute("tc", $"qdisc show dev {VethLab.Device}"));
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip));
        Assert.Equal(1, lab.Wire.Count(f => IsUnreachable(f, code: 2), 1, _patience));
        lab.Node.Run(device.Detach); // once more does no harm
    }

    [SkippableFact]
    public void A_clsact_that_was_there_before_stays()
    {
        using VethLab lab = new();
        lab.Node.Execute("tc", $"qdisc add dev {VethLab.Device} clsact");
        using AfPacketDevice device = Open(lab, "clsact");
        Assert.Contains("rustyrail", lab.Node.Execute("tc", $"filter show dev {VethLab.Device} ingress"), StringComparison.Ordinal);
        lab.Node.Run(device.Detach);
        Assert.Contains("clsact", lab.Node.Execute("tc", $"qdisc show dev {VethLab.Device}"), StringComparison.Ordinal);
        Assert.Equal("", lab.Node.Execute("tc", $"filter show dev {VethLab.Device} ingress"));
    }

    [SkippableFact]
    public void Where_one_place_is_not_to_be_had_the_next_one_is_taken()
    {
        using VethLab lab = new();
        using AfPacketDevice device = lab.OpenPacket(_keepVips, index => [new NoHook(), new ClsactHook(index)]).Device;
        Assert.Contains("host filter by clsact", device.Describe(), StringComparison.Ordinal);
        using AfPacketDevice other = lab.OpenPacket(_keepVips, _ => [new NoHook()]).Device;
        Assert.Equal("no nowhere: attach: Invalid argument (EINVAL)", other.WhyNoFilter);
    }

    [SkippableFact]
    public void Another_kind_of_port_removes_what_was_left()
    {
        using VethLab lab = new();
        Open(lab, "tcx").Dispose();
        Open(lab, "clsact").Dispose(); // takes over nothing: it looks in its own place only
        lab.Node.Run(() =>
        {
            using NetDevice device = NetDevice.Find(VethLab.Device);
            HostFilter.Remove(device);
        });
        Assert.Equal(0u, AttachedId(lab));
    }

    [SkippableFact]
    public void A_new_hardware_address_is_followed()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        lab.Node.Ip($"link set {VethLab.Device} address 02:00:00:00:00:77");
        byte[] frame = [0x02, 0, 0, 0, 0, 0x77, .. Frames.RouterGre(VethLab.Vip)[6..]];

        // Answered as long as the filter does not know the address.
        int unanswered = 0;
        bool followed = lab.Work(port, () =>
        {
            lab.Wire.Send(frame);
            unanswered = lab.Wire.Count(f => IsUnreachable(f, code: 2), 1, TimeSpan.FromMilliseconds(50)) == 0 ? unanswered + 1 : 0;
            return unanswered == 5;
        });
        Assert.True(followed);
    }

    private static AfPacketDevice Open(VethLab lab, string place)
    {
        AfPacketDevice device = lab.OpenPacket(hooks: index => [place == "tcx" ? new TcxHook(index) : new ClsactHook(index)]).Device;
        if (device.WhyNoFilter is { } why)
        {
            device.Dispose();
            Skip.If(true, $"this kernel has no {place}: {why}");
        }

        return device;
    }

    private static IngressHook Hook(VethLab lab, string place)
    {
        int index = int.Parse(lab.Node.Ip($"-o link show {VethLab.Device}").Split(':')[0]);
        return place == "tcx" ? new TcxHook(index) : new ClsactHook(index);
    }

    private static uint AttachedId(VethLab lab) => lab.Node.Run(() =>
    {
        using NetDevice device = NetDevice.Find(VethLab.Device);
        foreach (IngressHook hook in IngressHook.AllOf(device.Index))
        {
            using BpfProgram? found = hook.Find(HostFilterProgram.NamePrefix);
            if (found is not null) return found.ReadId();
        }

        return 0u;
    });

    /// <summary>By both VIPs' GRE, of which the host answers what it gets.</summary>
    private static void AssertDrops(VethLab lab, string dropped, string passed)
    {
        lab.Wire.Send(Frames.RouterGre(dropped), 3);
        lab.Wire.Send(Frames.RouterGre(passed));
        Assert.Equal(1, lab.Wire.Count(f => IsUnreachable(f, code: 2), 1, _patience));
        Assert.Equal(0, lab.Wire.CountPresent(f => IsUnreachable(f, code: 2)));
    }

    /// <summary>GRE (no handler), a closed TCP port, a closed UDP port.</summary>
    private static void AssertKernelAnswers(VethLab lab, bool expected)
    {
        lab.Node.Run(() => File.WriteAllText("/proc/sys/net/ipv4/icmp_ratelimit", "0"));
        lab.Peer.Ip("route replace 10.0.0.7/32 dev lo");
        lab.Node.Ip($"route replace 10.0.0.7/32 via {VethLab.PeerAddress}");
        byte[] syn = new byte[20];
        (syn[3], syn[12], syn[13]) = (80, 0x50, 0x02);
        byte[] udp = new byte[8];
        (udp[3], udp[5]) = (53, 8);
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip));
        lab.Wire.Send(Frames.Eth(Frames.Ip("10.0.0.7", VethLab.Vip, Frames.Tcp, WithChecksum(syn))));
        lab.Wire.Send(Frames.Eth(Frames.Ip("10.0.0.7", VethLab.Vip, Frames.Udp, udp)));
        int answers = lab.Wire.Count(f => IsUnreachable(f, code: 2) || IsUnreachable(f, code: 3) || IsReset(f), 3, TimeSpan.FromMilliseconds(expected ? 5000 : 500));
        Assert.Equal(expected ? 3 : 0, answers);
    }

    private static unsafe byte[] WithChecksum(byte[] segment)
    {
        byte[] pseudo = [10, 0, 0, 7, 10, 1, 0, 1, 0, Frames.Tcp, 0, (byte)segment.Length, .. segment];
        fixed (byte* all = pseudo) BitConverter.TryWriteBytes(segment.AsSpan(16), RustyRail.Dataplane.Packets.InternetChecksum.Compute(all, pseudo.Length));
        return segment;
    }

    private static bool IsUnreachable(byte[] f, byte code) => f.Length > 35 && f[12] == 8 && f[13] == 0 && f[23] == Frames.Icmp && f[34] == 3 && f[35] == code;

    private static bool IsReset(byte[] f) => f.Length > 47 && f[12] == 8 && f[13] == 0 && f[23] == Frames.Tcp && (f[47] & 4) != 0;

    private static BpfProgram Named(string name, int verdict)
    {
        BpfAssembler code = new();
        code.Move(Register.R0, verdict);
        code.Exit();
        return BpfProgram.LoadClassifier(code.Assemble(), name);
    }

    // The same trie, another program under our name with another digest: what a different release leaves behind.
    private static BpfProgram OlderVersion(string vip)
    {
        using BpfMap vips = BpfMap.Create(SteeringProgram.VipsShape);
        new VipSet(vips).Set([VipPrefix.Of(System.Net.IPNetwork.Parse(vip + "/32"))]);
        BpfAssembler code = new();
        code.LoadMap(Register.R1, vips.Fd);
        code.Move(Register.R0, TcAbi.TC_ACT_SHOT);
        code.Exit();
        return BpfProgram.LoadClassifier(code.Assemble(), HostFilterProgram.NamePrefix + "older");
    }

    private sealed class NoHook() : IngressHook(0)
    {
        public override string Name => "nowhere";

        public override BpfProgram? Find(string namePrefix) => null;

        public override void Attach(BpfProgram program) => throw new NativeException("attach", Errno.EINVAL);

        public override void Replace(BpfProgram older, BpfProgram program) => throw new NotSupportedException();

        public override void Detach(BpfProgram program) => throw new NotSupportedException();
    }
}

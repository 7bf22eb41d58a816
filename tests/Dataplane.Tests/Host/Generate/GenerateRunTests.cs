using System.Net.NetworkInformation;
using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Generate;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Host.Generate;

/// <summary>The generator on one end of a cable; at the other a tap, or a program that sends everything back.</summary>
[Collection(Alone.Name)]
public sealed class GenerateRunTests
{
    private static readonly GenerateOptions _usual = GenerateOptions.Usual with
    {
        Device = VethLab.Device,
        Balancer = System.Net.IPAddress.Parse(VethLab.PeerAddress),
        Flows = 100,
        Packets = 3000,
        PacketsPerSecond = 30_000,
        Duration = TimeSpan.FromSeconds(20),
    };

    [SkippableTheory]
    [InlineData("Gre", 120)]
    [InlineData("Plain", 1514)]
    public void What_leaves_is_what_was_asked_for(string form, int bytes)
    {
        using VethLab lab = Up();
        // With a reflector the tap would see nothing; without anything at the peer the cable takes nothing.
        lab.Peer.Execute("ethtool", $"-K {VethLab.PeerDevice} gro on");
        GenerateReport report = Run(lab, _usual with { Form = Enum.Parse<GenerateForm>(form), FrameBytes = bytes });
        List<GeneratedFrame> frames = [];
        int sound = lab.Wire.Count(frame =>
        {
            if (frame.Length != bytes || !frame.AsSpan(0, 6).SequenceEqual(Frames.PeerMac) || GeneratedFrame.Read(frame) is not { } read) return false;
            frames.Add(read);
            return true;
        }, 3000, TimeSpan.FromSeconds(10));
        Assert.Equal((3000, 3000, 0), (sound, report.Sent, report.Returned));
        Assert.Equal(Enumerable.Range(0, 3000), frames.Select(frame => (int)frame.Number));
        Assert.Equal(100, frames.DistinctBy(frame => frame.Flow).Count());
        Assert.Equal((100.0, true), (100.0 * report.Lost / report.Sent, report.Hint is null));
        Assert.Equal(default, lab.Attached());
    }

    [SkippableFact]
    public void What_comes_back_is_counted_with_its_time_and_all_is_detached_afterwards()
    {
        using VethLab lab = Up();
        using BpfProgram reflector = Reflect(lab);
        GenerateReport report = Run(lab, _usual with { ShowsLatency = true });
        Assert.Equal((3000, 3000, 0, 0, 0), (report.Sent, report.Returned, report.Lost, report.Overtaken, report.Refused));
        Assert.Equal(3000, report.RoundTrips.Count);
        Assert.InRange(report.RoundTrips.Quantile(0.5), 100, 1_000_000_000);
        Assert.InRange(report.Seconds, 0.0999, 20);
        Assert.Matches("""^\{"device":"vnode","form":"gre".*"sent":3000,"returned":3000,.*"lost":0,.*"overtaken":0,"latencyNs":\{"p50":[0-9]+,.*"max":[0-9]+\}\}$""", report.ToJson());
        Assert.Contains("\nlost                 0   0.0000 %\n", report.ToText(), StringComparison.Ordinal);
        Assert.Equal(default, lab.Attached());
    }

    [SkippableFact]
    public void It_says_so_when_it_was_the_limit_itself()
    {
        using VethLab lab = Up();
        using BpfProgram reflector = Reflect(lab);
        GenerateReport report = Run(lab, _usual with { PacketsPerSecond = GenerateOptions.MostPacketsPerSecond, Packets = null, Duration = TimeSpan.FromMilliseconds(300) });
        Assert.True(report.WasLimit);
        Assert.Contains(": the generator itself was the limit\n", report.ToText(), StringComparison.Ordinal);
        Assert.InRange(report.Seconds, 0.2, 0.31);
        Assert.Equal(report.Offered, report.Sent + report.Refused);
        Assert.True(report.Returned > 1000 && report.Returned <= report.Sent, report.ToText());
    }

    [SkippableFact]
    public void A_cable_that_takes_nothing_is_explained()
    {
        using VethLab lab = Up();
        lab.Peer.Execute("ethtool", $"-K {VethLab.PeerDevice} gro off");
        GenerateReport report = Run(lab, _usual with { To = new PhysicalAddress(Frames.PeerMac), Router = System.Net.IPAddress.Parse(VethLab.NodeAddress), Packets = 100 });
        Assert.Equal("vnode took no frame: the other end of a veth must have an XDP program or GRO on (ethtool -K DEV gro on)", report.Hint);
    }

    [SkippableFact]
    public void What_cannot_be_done_is_one_line_and_leaves_nothing_behind()
    {
        using VethLab lab = Up();
        Refused(lab, _usual with { FrameBytes = 60 }, "--size 60: frames of this form and device have 94 to 1514 bytes");
        Refused(lab, _usual with { FrameBytes = 1515 }, "--size 1515: frames of this form and device have 94 to 1514 bytes");
        Refused(lab, _usual with { Router = System.Net.IPAddress.Parse("2001:db8::1") }, "--router 2001:db8::1 and --balancer 192.168.137.1 are not of one family");
        Refused(lab, _usual with { Balancer = System.Net.IPAddress.Parse("192.168.137.77") }, "vnode: nobody answers for 192.168.137.77; say --to MAC or --balancer ADDRESS");
        Refused(lab, _usual with { Device = "lo" }, "lo: not an Ethernet device");
        Assert.Equal("no network device named 'eth9'", Assert.Throws<PortException>(() => Run(lab, _usual with { Device = "eth9" })).Message);
        Assert.Equal(default, lab.Attached());

        using BpfProgram other = Attach(lab.Node, VethLab.Device, XdpAbi.XDP_PASS);
        XdpState before = lab.Attached();
        Refused(lab, _usual, $"vnode: another XDP program is attached: id {before.ProgramId}; if it is not needed: ip link set dev vnode xdp off");
        Assert.Equal(before, lab.Attached());
    }

    private static void Refused(VethLab lab, GenerateOptions options, string expected) =>
        Assert.Equal(expected, Assert.Throws<GenerateException>(() => Run(lab, options)).Message);

    private static VethLab Up() => new();

    private static GenerateReport Run(VethLab lab, GenerateOptions options)
    {
        try
        {
            return lab.Node.Run(() => GenerateRun.Run(options));
        }
        catch (GenerateException e) when (e.Message.Contains("Linux 5.18", StringComparison.Ordinal))
        {
            throw new SkipException(e.Message);
        }
        catch (NativeException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS)
        {
            throw new SkipException($"no BPF here: {e.Message}");
        }
    }

    // Both MAC addresses exchanged, and out again.
    private static BpfProgram Reflect(VethLab lab) => Attach(lab.Peer, VethLab.PeerDevice, XdpAbi.XDP_TX);

    private static BpfProgram Attach(NetworkNamespace side, string device, int verdict)
    {
        BpfAssembler code = new();
        code.Load(Width.Bits32, Register.R7, Register.R1, 0);
        code.Load(Width.Bits32, Register.R8, Register.R1, 4);
        code.Move(Register.R2, Register.R7);
        code.Add(Register.R2, 14);
        code.JumpIf(Register.R2, Condition.Greater, Register.R8, "pass");
        // ARP and the like are the kernel's: the generator asks for the address.
        code.Load(Width.Bits16, Register.R1, Register.R7, 12);
        code.JumpIf(Register.R1, Condition.NotEqual, 0x0008, "pass");
        for (short at = 0; at < 6; at += 2)
        {
            code.Load(Width.Bits16, Register.R1, Register.R7, at);
            code.Load(Width.Bits16, Register.R2, Register.R7, (short)(at + 6));
            code.Store(Width.Bits16, Register.R7, at, Register.R2);
            code.Store(Width.Bits16, Register.R7, (short)(at + 6), Register.R1);
        }

        code.Move(Register.R0, verdict);
        code.Exit();
        code.Label("pass");
        code.Move(Register.R0, XdpAbi.XDP_PASS);
        code.Exit();
        BpfProgram program = BpfProgram.LoadXdp(code.Assemble(), "rr_test_mirror");
        side.Run(() =>
        {
            using NetDevice found = NetDevice.Find(device);
            Assert.Equal(0, XdpLink.Attach(found.Index, program.Fd, XdpMode.Native).Errno);
        });
        return program;
    }
}

using System.Net;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

public sealed class XdpAttachmentTests
{
    private static readonly AfXdpOptions _keepVips = new() { Device = VethLab.Device };

    [SkippableFact]
    public void A_successor_goes_on_with_the_program_and_the_vips_of_one_that_died()
    {
        using VethLab lab = new();
        lab.Open().Device.Dispose();
        XdpState before = lab.Attached();
        Assert.NotEqual(0u, before.ProgramId);

        AfXdpPort successor = lab.Open(_keepVips);
        using AfXdpDevice device = successor.Device;
        Assert.True(device.TookOver);
        Assert.Equal(before, lab.Attached());
        Assert.True(Forwards(lab, successor));
    }

    [SkippableFact]
    public void A_successor_with_vips_of_its_own_replaces_the_old_ones()
    {
        using VethLab lab = new();
        lab.Open().Device.Dispose();
        using AfXdpDevice device = lab.Open(_keepVips with { Vips = [VipPrefix.Of(IPNetwork.Parse("10.9.0.0/16"))] }).Device;
        AfXdpPort port = new(device);
        Assert.True(Forwards(lab, port, "10.9.0.1"));
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip));
        Assert.Equal(1, lab.Wire.Count(f => f.Length > 35 && f[23] == Frames.Icmp && f[34] == 3, 1, TimeSpan.FromSeconds(5)));
    }

    [SkippableFact]
    public void An_older_version_is_replaced_and_its_vips_stay()
    {
        using VethLab lab = new();
        using BpfMap vips = TrieOf(VipKey.Bytes);
        new VipSet(vips).Set(VethLab.Vips);
        using BpfProgram older = OlderVersion(lab, vips);
        XdpState before = lab.Attached();

        AfXdpPort port = lab.Open(_keepVips);
        using AfXdpDevice device = port.Device;
        Assert.True(device.TookOver);
        Assert.NotEqual(before.ProgramId, lab.Attached().ProgramId);
        Assert.True(Forwards(lab, port));
    }

    // Keys as bytes: length in bits, kind, address. 10.1.0.0/24 plain, 10.3.0.1 and everything inside GRE.
    [SkippableFact]
    public void The_vips_of_a_version_that_knew_ipv4_alone_stay_too()
    {
        using VethLab lab = new();
        using BpfMap vips = TrieOf(VipKey.OlderBytes);
        foreach (string key in (string[])["38000000" + "01000000" + "0a010000", "40000000" + "02000000" + "0a030001", "20000000" + "02000000" + "00000000"])
            vips.Update(Convert.FromHexString(key), [1, 0, 0, 0]);
        using BpfProgram older = OlderVersion(lab, vips);

        AfXdpPort port = lab.Open(_keepVips);
        using AfXdpDevice device = port.Device;
        Assert.True(device.TookOver);
        using SteeringProgram successor = SteeringProgram.Adopt(BpfProgram.OpenById(lab.Attached().ProgramId))!;
        Assert.Equal("redirect", ProgramRun.Verdict(successor.Fd, Frames.Plain("10.1.0.255")));
        Assert.Equal("pass", ProgramRun.Verdict(successor.Fd, Frames.Plain("10.1.1.0")));
        Assert.Equal("pass", ProgramRun.Verdict(successor.Fd, Frames.Plain("10.3.0.1")));
        Assert.Equal("redirect", ProgramRun.Verdict(successor.Fd, Frames.RouterGre("203.0.113.1")));
        byte[] ipv6 = WireBytes.Ipv6("2001:db8::1", "::ffff:10.1.0.1", Frames.Tcp, new byte[20]);
        Assert.Equal("pass", ProgramRun.Verdict(successor.Fd, WireBytes.Frame(WireBytes.Gre(ipv6).In4("192.168.137.188"))));
        Assert.True(Forwards(lab, port));
    }

    [SkippableFact]
    public void A_version_that_keeps_its_vips_in_a_way_not_known_here_is_replaced_by_one_without_any()
    {
        using VethLab lab = new();
        using BpfMap vips = TrieOf(keyBytes: 40);
        vips.Update([.. BitConverter.GetBytes(32), .. new byte[36]], [1, 0, 0, 0]);
        using BpfProgram older = OlderVersion(lab, vips);
        AfXdpPort port = lab.Open(_keepVips);
        using AfXdpDevice device = port.Device;
        Assert.True(device.TookOver);
        using (SteeringProgram successor = SteeringProgram.Adopt(BpfProgram.OpenById(lab.Attached().ProgramId))!)
            Assert.Equal("pass", ProgramRun.Verdict(successor.Fd, Frames.RouterGre(VethLab.Vip)));
        device.SetVips(VethLab.Vips);
        Assert.True(Forwards(lab, port));
    }

    [SkippableFact]
    public void Another_owners_program_is_named_and_left_alone()
    {
        using VethLab lab = new();
        using BpfProgram foreign = Attach(lab, "katran", XdpMode.Native);
        XdpState before = lab.Attached();
        PortException e = Assert.Throws<PortException>(() => lab.Open());
        Assert.Equal(
            $"vnode: another XDP program is attached: id {before.ProgramId}, 'katran'; if it is not needed: ip link set dev vnode xdp off", e.Message);
        Assert.Equal(before, lab.Attached());
    }

    [SkippableFact]
    public void Another_owners_generic_program_is_respected_too()
    {
        using VethLab lab = new();
        using BpfProgram foreign = Attach(lab, "", XdpMode.Generic);
        PortException e = Assert.Throws<PortException>(() => lab.Open());
        Assert.Contains("another XDP program is attached", e.Message, StringComparison.Ordinal);
        Assert.Contains("without a name", e.Message, StringComparison.Ordinal);
        Assert.Equal(XdpMode.Generic, lab.Attached().Mode);
    }

    [SkippableFact]
    public void Detaching_gives_the_device_back()
    {
        using VethLab lab = new();
        using (AfXdpDevice device = lab.Open().Device) lab.Node.Run(device.Detach);
        Assert.Equal(default, lab.Attached());

        // Nothing is left in between: the kernel answers for the VIP as for any other protocol that it does not know.
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip));
        Assert.Equal(1, lab.Wire.Count(f => f.Length > 35 && f[23] == Frames.Icmp && f[34] == 3, 1, TimeSpan.FromSeconds(5)));
    }

    [SkippableFact]
    public void Detaching_leaves_a_program_that_took_our_place()
    {
        using VethLab lab = new();
        using AfXdpDevice device = lab.Open().Device;
        lab.Node.Ip($"link set dev {VethLab.Device} xdp off");
        using BpfProgram foreign = Attach(lab, "katran", XdpMode.Native);
        XdpState before = lab.Attached();
        lab.Node.Run(device.Detach);
        Assert.Equal(before, lab.Attached());
    }

    [SkippableFact]
    public void A_failed_start_leaves_a_working_predecessor_alone()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        PortException e = Assert.Throws<PortException>(() =>
            lab.Open(_keepVips with { Vips = [], BindPatience = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal("vnode: queue 0 is in use by another AF_XDP socket", e.Message);
        Assert.True(Forwards(lab, port));
    }

    [SkippableFact]
    public void A_start_waits_for_the_predecessors_socket_to_go()
    {
        using VethLab lab = new();
        AfXdpDevice predecessor = lab.Open().Device;
        using Timer end = new(_ => predecessor.Dispose(), null, 200, Timeout.Infinite);
        AfXdpPort port = lab.Open(_keepVips with { BindPatience = TimeSpan.FromSeconds(20) });
        using AfXdpDevice device = port.Device;
        Assert.True(Forwards(lab, port));
    }

    private static bool Forwards(VethLab lab, AfXdpPort port, string vip = VethLab.Vip)
    {
        byte[] frame = Frames.RouterGre(vip);
        lab.Wire.Send(frame, 20);
        int back = 0;
        return lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) >= 20);
    }

    private static BpfProgram Attach(VethLab lab, string name, XdpMode mode)
    {
        BpfAssembler code = new();
        code.Move(Register.R0, XdpAbi.XDP_PASS);
        code.Exit();
        BpfProgram program = BpfProgram.LoadXdp(code.Assemble(), name);
        Attach(lab, program, mode);
        return program;
    }

    private static BpfMap TrieOf(int keyBytes)
    {
        try
        {
            return BpfMap.Create(new BpfMapShape("rr_vips", BpfAbi.BPF_MAP_TYPE_LPM_TRIE, (uint)keyBytes, 4, VipSet.Capacity, BpfAbi.BPF_F_NO_PREALLOC));
        }
        catch (NativeException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS)
        {
            throw new SkipException(e.Message);
        }
    }

    // Another program under our name with another digest, and its VIPs: what a different release leaves behind.
    private static BpfProgram OlderVersion(VethLab lab, BpfMap vips)
    {
        BpfAssembler code = new();
        code.LoadMap(Register.R1, vips.Fd);
        code.Move(Register.R0, XdpAbi.XDP_DROP);
        code.Exit();
        BpfProgram program = BpfProgram.LoadXdp(code.Assemble(), SteeringProgram.NamePrefix + "older");
        Attach(lab, program, XdpMode.Native);
        return program;
    }

    private static void Attach(VethLab lab, BpfProgram program, XdpMode mode) => lab.Node.Run(() =>
    {
        using NetDevice device = NetDevice.Find(VethLab.Device);
        Assert.Equal(0, XdpLink.Attach(device.Index, program.Fd, mode).Errno);
    });
}

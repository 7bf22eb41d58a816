using System.Net;
using System.Net.Sockets;
using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Decap.Xdp;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Host.Decap.Xdp;

[Collection(Alone.Name)]
public sealed class XdpDecapTests
{
    private static readonly TunnelFrame _gre = new(DecapForms.Gre, false, false);

    [SkippableFact]
    public void Connections_work_through_every_form_and_family_in_the_driver()
    {
        using DecapLab lab = new();
        using XdpDecap way = OpenOrSkip(lab);
        Assert.EndsWith(" in server0 (native XDP)", way.Description, StringComparison.Ordinal);
        Assert.Null(way.WhyGeneric);
        Task<string?> run = lab.Start(way);
        foreach (TunnelFrame form in DecapCases.Forms()) lab.Exchange(form);
        Assert.Matches("^received ([0-9]+), delivered \\1, dropped 0$", way.Counts);
        DecapLab.StopAndAwait(way, run);
        Assert.Equal(default, Attached(lab));
    }

    // A peer whose frames do not fit into one page: veth's driver refuses.
    [SkippableFact]
    public void Where_the_driver_refuses_the_kernels_generic_xdp_does_it_and_the_reason_is_said()
    {
        using DecapLab lab = new(mtu: 9000);
        using XdpDecap way = OpenOrSkip(lab);
        Assert.EndsWith(" in server0 (generic XDP)", way.Description, StringComparison.Ordinal);
        Assert.StartsWith("native XDP refused: ", way.WhyGeneric, StringComparison.Ordinal);
        Task<string?> run = lab.Start(way);
        foreach (TunnelFrame form in DecapCases.Forms()) lab.Exchange(form);
        Assert.Matches("^received ([0-9]+), delivered \\1, dropped 0$", way.Counts);
        DecapLab.StopAndAwait(way, run);
        Assert.Equal(default, Attached(lab));
    }

    [SkippableFact]
    public void A_process_that_dies_leaves_it_at_work_and_the_next_takes_over_with_the_counts()
    {
        using DecapLab lab = new();
        OpenOrSkip(lab).Dispose();
        XdpState left = Attached(lab);
        Assert.NotEqual(0u, left.ProgramId);
        lab.Exchange(_gre);

        using XdpDecap successor = lab.Server.Run(() => XdpDecap.Open(DecapLab.Options(DecapLab.Device) with { Forms = DecapForms.Gre }));
        Assert.EndsWith(" in server0 (native XDP, taken over)", successor.Description, StringComparison.Ordinal);
        Assert.Equal(left, Attached(lab));
        string before = successor.Counts;
        Assert.DoesNotContain("delivered 0", before, StringComparison.Ordinal);
        Task<string?> run = lab.Start(successor);
        lab.Exchange(_gre);
        Assert.NotEqual(before, successor.Counts);
        string counts = successor.Counts;
        lab.Wire.Send(new TunnelFrame(DecapForms.Gue, false, false).Build());
        Assert.Equal(1, lab.Wire.Count(frame => frame.Length > 35 && frame[12] == 8 && frame[23] == Frames.Icmp && frame[34] == 3, 1, TimeSpan.FromSeconds(5)));
        Assert.Equal(counts, successor.Counts);
        DecapLab.StopAndAwait(successor, run);
        Assert.Equal(default, Attached(lab));
    }

    [SkippableFact]
    public void Another_versions_program_is_replaced_without_a_gap()
    {
        using DecapLab lab = new();
        using BpfProgram older = Attach(lab, DecapProgram.NamePrefix + "older");
        uint before = Attached(lab).ProgramId;
        using XdpDecap way = OpenOrSkip(lab);
        Assert.EndsWith("taken over)", way.Description, StringComparison.Ordinal);
        Assert.NotEqual(before, Attached(lab).ProgramId);
        lab.Exchange(_gre);
    }

    [SkippableFact]
    public void Another_owners_program_is_named_and_left_alone()
    {
        using DecapLab lab = new();
        using BpfProgram foreign = Attach(lab, SteeringProgram.NamePrefix + "12345");
        XdpState before = Attached(lab);
        XdpRefusedException e = Assert.Throws<XdpRefusedException>(() => OpenOrSkip(lab));
        Assert.Equal($"server0: another XDP program is attached: id {before.ProgramId}, 'rustyrail_12345'; if it is not needed: ip link set dev server0 xdp off", e.Message);
        Assert.Equal(before, Attached(lab));
    }

    [SkippableFact]
    public void Devices_that_cannot_have_it_are_refused_with_the_reason()
    {
        using DecapLab lab = new();
        lab.Server.Ip("tuntap add dev layer3 mode tun");
        Assert.Equal("layer3: not an Ethernet device", Assert.Throws<XdpRefusedException>(() => lab.Server.Run(() => XdpDecap.Open(DecapLab.Options("layer3")))).Message);
        Assert.Equal("no network device named 'eth9'", Assert.Throws<PortException>(() => lab.Server.Run(() => XdpDecap.Open(DecapLab.Options("eth9")))).Message);
    }

    [SkippableFact]
    public void One_process_at_a_time_serves_a_device()
    {
        using DecapLab lab = new();
        using XdpDecap way = OpenOrSkip(lab);
        Assert.Equal("server0: another rustyrail decap serves this device", Assert.Throws<PortException>(() => OpenOrSkip(lab)).Message);
        lab.Exchange(_gre);
    }

    [SkippableFact]
    public void A_program_that_somebody_takes_away_is_noticed()
    {
        using DecapLab lab = new();
        using XdpDecap way = OpenOrSkip(lab);
        Task<string?> run = lab.Start(way);
        lab.Exchange(_gre);
        lab.Server.Ip($"link set dev {DecapLab.Device} xdp off");
        Assert.True(run.Wait(TimeSpan.FromSeconds(10)), "nobody noticed");
        Assert.Equal("server0: the program is not attached any more", run.Result);
    }

    [SkippableFact]
    public void Addresses_of_the_host_and_its_device_are_followed()
    {
        using DecapLab lab = new();
        using XdpDecap way = OpenOrSkip(lab);
        Task<string?> run = lab.Start(way);
        lab.Exchange(_gre);
        foreach ((TunnelFrame form, string address, string length) in new[] { (_gre, "192.168.137.77", "24"), (new TunnelFrame(DecapForms.Gue, true, true), "2001:db8:137::77", "64") })
        {
            byte[] moved = (form with { To = address }).Build();
            Assert.False(Raises(lab, way, moved), $"{address} is taken before it exists");
            lab.Server.Ip($"address add {address}/{length} dev {DecapLab.Device}");
            Assert.True(SpinWait.SpinUntil(() => Raises(lab, way, moved), 10_000), $"{address} is not known");
            lab.Server.Ip($"address del {address}/{length} dev {DecapLab.Device}");
            Assert.True(SpinWait.SpinUntil(() => !Raises(lab, way, moved), 10_000), $"{address} is still taken");
        }

        lab.Server.Ip($"link set {DecapLab.Device} address 02:00:00:00:00:07");
        byte[] frame = _gre.Build();
        frame[5] = 7;
        Assert.True(SpinWait.SpinUntil(() => Raises(lab, way, frame), 10_000), "the new MAC address is not known");
        Assert.False(Raises(lab, way, _gre.Build()));
        DecapLab.StopAndAwait(way, run);
    }

    // What is not the tunnel's goes on as if nothing were there.
    [SkippableFact]
    public void The_hosts_own_traffic_is_untouched()
    {
        using DecapLab lab = new();
        using XdpDecap way = OpenOrSkip(lab);
        string ping = lab.ClientSide.Execute("ping", $"-c 2 -i 0.05 -W 2 {TunnelFrame.Server}", mayFail: true);
        string ping6 = lab.ClientSide.Execute("ping", $"-c 2 -i 0.05 -W 2 {TunnelFrame.Server6}", mayFail: true);
        Assert.Contains(" 0% packet loss", ping, StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", ping6, StringComparison.Ordinal);
        Assert.Equal("received 0, delivered 0, dropped 0", way.Counts);
    }

    private static bool Raises(DecapLab lab, XdpDecap way, byte[] frame)
    {
        string before = way.Counts;
        lab.Wire.Send(frame);
        return SpinWait.SpinUntil(() => way.Counts != before, 200);
    }

    private static XdpDecap OpenOrSkip(DecapLab lab)
    {
        try
        {
            return lab.Server.Run(() => XdpDecap.Open(DecapLab.Options(DecapLab.Device)));
        }
        catch (XdpRefusedException e) when (e.InnerException is NativeException { Errno: Errno.EPERM or Errno.ENOSYS })
        {
            throw new SkipException($"no BPF here: {e.Message}");
        }
    }

    private static XdpState Attached(DecapLab lab) => lab.Server.Run(() =>
    {
        using NetDevice device = NetDevice.Find(DecapLab.Device);
        return XdpLink.Query(device.Index);
    });

    private static BpfProgram Attach(DecapLab lab, string name)
    {
        BpfAssembler code = new();
        code.Move(Register.R0, XdpAbi.XDP_PASS);
        code.Exit();
        BpfProgram program = BpfProgram.LoadXdp(code.Assemble(), name);
        lab.Server.Run(() =>
        {
            using NetDevice device = NetDevice.Find(DecapLab.Device);
            Assert.Equal(0, XdpLink.Attach(device.Index, program.Fd, XdpMode.Native).Errno);
        });
        return program;
    }
}

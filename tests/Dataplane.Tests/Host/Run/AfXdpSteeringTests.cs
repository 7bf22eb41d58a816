using Dataplane.Tests.Ports;
using Dataplane.Tests.Ports.Xdp;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Host.Run;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Host.Run;

/// <summary>From the published snapshot to what the program on the device does.</summary>
public sealed class AfXdpSteeringTests : IDisposable
{
    private readonly VethLab _lab = new();
    private readonly TestRegion _region = new();
    private readonly TestCatalogue _catalogue = new TestCatalogue().Backends(2);
    private readonly SnapshotPublisher _publisher;
    private readonly AfXdpDevice _device;
    private readonly SteeringProgram _program;
    private SnapshotReader _reader;

    public AfXdpSteeringTests()
    {
        _publisher = new SnapshotPublisher(_region.Control);
        _reader = new SnapshotReader(_region.View, _region.View.Capacities.Workers);
        _device = _lab.Open(new AfXdpOptions { Device = VethLab.Device }).Device;
        _program = SteeringProgram.Adopt(BpfProgram.OpenById(_lab.Attached().ProgramId))!;
    }

    [SkippableFact]
    public void Services_of_both_families_are_the_programs_vips()
    {
        Publish(_catalogue.Service("web", "10.1.0.1").Service("dns", "10.1.0.1", Protocol.Udp).Service("net", "10.2.3.0/24").Service("web6", "2001:db8:1::1/128").Service("net6", "2001:db8:2::/48"));
        Assert.Empty(SteeringCases.All().Where(c => Verdict(c.Frame) != (c.IsOurs ? "redirect" : "pass")).Select(c => c.Name));

        Publish(_catalogue.RemoveService("web6").RemoveService("dns"));
        Assert.Equal("pass", Verdict(WireBytes.Frame(WireBytes.To(SteeringCases.Vip6))));
        Assert.Equal("redirect", Verdict(WireBytes.Frame(WireBytes.To(SteeringCases.Net6))));
        Assert.Equal("redirect", Verdict(WireBytes.Frame(WireBytes.To(SteeringCases.Vip4))));
        Publish(_catalogue.RemoveService("web"));
        Assert.Equal("pass", Verdict(WireBytes.Frame(WireBytes.To(SteeringCases.Vip4))));
    }

    [SkippableTheory]
    [InlineData("0.0.0.0/0", SteeringCases.Other4, SteeringCases.Other6)]
    [InlineData("::/0", SteeringCases.Other6, SteeringCases.Other4)]
    public void A_catch_all_service_is_for_gre_with_its_family_inside(string vip, string taken, string left)
    {
        Publish(_catalogue.Service("everything", vip, Protocol.Any, PortRange.Any));
        Assert.Equal("redirect", Verdict(WireBytes.Frame(WireBytes.Gre(WireBytes.To(taken)).In4())));
        Assert.Equal("pass", Verdict(WireBytes.Frame(WireBytes.Gre(WireBytes.To(left)).In4())));
        Assert.Equal("pass", Verdict(WireBytes.Frame(WireBytes.To(taken))));
    }

    public void Dispose()
    {
        _program.Dispose();
        _device.Dispose();
        _region.Dispose();
        _lab.Dispose();
    }

    private void Publish(TestCatalogue catalogue)
    {
        Assert.True(_publisher.TryPublish(catalogue.ToContent()));
        _reader.Refresh();
        new AfXdpSteering(_device, ports: 1).Follow(_reader.Current);
    }

    private string Verdict(byte[] frame) => ProgramRun.Verdict(_program.Fd, frame);
}

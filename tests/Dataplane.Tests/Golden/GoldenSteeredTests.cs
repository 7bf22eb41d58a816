using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Golden;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Golden;

/// <summary>Each case of the table through workers that steer: who decides makes no difference.</summary>
public sealed class GoldenSteeredTests
{
    private const int Workers = 4;

    public static TheoryData<string> Names => [.. GoldenTable.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void As_the_table_says(string name)
    {
        GoldenCase one = GoldenTable.Named(name);
        using WakeEvent wake = new();
        using MemoryWire wire = new();
        using SteeredBalancer<MemoryPort> balancer = new(Workers, new MemoryPort(wire), wake, GoldenNetwork.Capacities, GoldenNetwork.DeviceMac);
        balancer.Publish(GoldenNetwork.ContentOf(one.Catalogue));
        balancer.Turn();
        List<GoldenOutcome> outcomes = [];
        foreach (GoldenFrame frame in one.Frames)
        {
            wire.Enqueue(frame.Input);
            int worker = balancer.Turn();
            GoldenOutcome outcome = OutcomeOf(balancer, worker, wire);
            Assert.Null(outcome.Problem(frame, outcomes));
            outcomes.Add(outcome);
        }

        Assert.Null(balancer.Sums().Problem);
        Assert.Equal(0, wire.OnLoan);
    }

    private static GoldenOutcome OutcomeOf(SteeredBalancer<MemoryPort> balancer, int worker, MemoryWire wire)
    {
        PacketWork work = balancer.Workers.Forwarders[worker].WorkAt(0);
        byte[] bytes = (work.Verdict switch
        {
            Verdict.Forwarded or Verdict.Answered => wire.Transmitted,
            Verdict.Host => wire.ToHost,
            _ => wire.Released,
        })[^1];
        string? reason = work.Verdict == Verdict.Forwarded ? null : work.Reason.Name();
        return new GoldenOutcome(work.Verdict.Name(), reason, balancer.NameOf(worker, work.Service, isBackend: false), balancer.NameOf(worker, work.Backend, isBackend: true), bytes);
    }
}

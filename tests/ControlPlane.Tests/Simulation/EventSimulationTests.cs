using System.Collections.Immutable;
using RustyRail.ControlPlane.Simulation;
using RustyRail.ControlPlane.Simulation.Events;

namespace ControlPlane.Tests.Simulation;

public sealed class EventSimulationTests
{
    private static readonly SimulationOptions Small = new() { Balancers = 7, Backends = 40, Flows = 4000, TableSize = 1009, Buckets = 256, Seed = 5 };

    public static TheoryData<string> Scripts =>
    [
        .. EventScript.Presets.Select(preset => preset.Text),
        "remove-backend:5,kill-lb,add-backend:3",
        "drain-backend:10+add-lb:2,remove-lb+add-backend,kill-lb:3",
        "kill-lb,add-backend:4+kill-lb,drain-backend:4,remove-lb,add-lb",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_flow_ends_as_it_does_by_brute_force(string text)
    {
        foreach (EcmpKind ecmp in Enum.GetValues<EcmpKind>())
        {
            ImmutableArray<Stage> stages = Fleet.Stages(Small, ecmp, Script(text));
            FlowTally expected = new FullCluster(Small, stages).Play();
            Assert.Equal(expected, new FlowJudge(Small, new EventCourse(Small, stages)).Judge(0, Small.Flows));
        }
    }

    [Fact]
    public void The_seed_decides_whatever_the_number_of_threads()
    {
        SimulationOptions options = Small with { Flows = 3_000_000 };
        EventResult alone = Run(options with { Threads = 1 }, "drain-backend+kill-lb");
        Assert.Equal(alone, Run(options with { Threads = 8 }, "drain-backend+kill-lb"));
        Assert.NotEqual(alone, Run(options with { Seed = 6 }, "drain-backend+kill-lb"));
    }

    [Fact]
    public void Exceptions_keep_every_flow_that_a_flow_table_alone_would_lose()
    {
        EventResult result = Run(Small with { Flows = 200_000 }, "backend-then-lb");
        Assert.True(result.BrokenByHash > 0);
        Assert.True(result.BrokenWithFlowTable > 0);
        Assert.Equal(0, result.BrokenWithExceptions);
        Assert.Equal(result.BrokenByHash, result.Exceptions);
    }

    [Fact]
    public void Exceptions_beyond_the_capacity_are_lost_and_their_flows_with_them()
    {
        EventResult enough = Run(Small with { Flows = 200_000 }, "backend-then-lb");
        EventResult half = Run(Small with { Flows = 200_000, ExceptionEntries = enough.Exceptions / 2 }, "backend-then-lb");
        Assert.InRange(half.BrokenWithExceptions, 0.45 * enough.BrokenWithFlowTable, 0.55 * enough.BrokenWithFlowTable);
        EventResult none = Run(Small with { Flows = 200_000, ExceptionEntries = 0 }, "backend-then-lb");
        Assert.Equal(none.BrokenWithFlowTable, none.BrokenWithExceptions);
    }

    [Fact]
    public void A_flow_table_without_room_is_as_good_as_none()
    {
        EventResult result = Run(Small with { FlowTableEntries = 0 }, "drain-backend");
        Assert.True(result.BrokenByHash > 0);
        Assert.Equal(result.BrokenByHash, result.BrokenWithFlowTable);
        Assert.Equal(result.BrokenByHash, result.BrokenWithExceptions);
    }

    [Theory]
    [InlineData("modulo", 0.85, 0.9)]
    [InlineData("threshold", 0.25, 0.55)]
    [InlineData("resilient", 0.10, 0.15)]
    public void A_balancer_more_moves_what_the_router_lets_it(string ecmp, double least, double most)
    {
        EventResult result = Run(Small with { Flows = 100_000 }, "lb-added", Enum.Parse<EcmpKind>(ecmp, ignoreCase: true));
        Assert.InRange((double)result.Moved / result.Flows, least, most);
    }

    [Fact]
    public void A_removed_backend_ends_its_own_share()
    {
        EventResult result = Run(Small with { Flows = 400_000 }, "remove-backend:4");
        Assert.InRange((double)result.Ended / result.Flows, 0.09, 0.11);
        Assert.Equal(0, result.BrokenWithFlowTable);
    }

    private static EventResult Run(SimulationOptions options, string script, EcmpKind ecmp = EcmpKind.Modulo) =>
        EventSimulation.Run(options, ecmp, Script(script), new Progress(options.Flows), CancellationToken.None);

    private static EventScript Script(string text) => EventScript.TryParse(text, out EventScript? script, out string problem) ? script : throw new ArgumentException(problem);
}

using Actors.Tests.BackendHealth;
using Actors.Tests.Tables;
using Akka.Actor;
using RustyRail.Actors.BackendHealth;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Pools;
using RustyRail.Actors.Tables;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Hosting;

/// <summary>Real time, real sockets on loopback, real region: from an edit or a fault to the snapshot.</summary>
public sealed class PipelineTests : IDisposable
{
    private static readonly HealthSpec Check = SampleSpecs.Tcp(intervalSeconds: 0.2, timeoutSeconds: 0.1, rise: 1, fall: 2);
    private readonly ITestOutputHelper _output;
    private readonly TemporaryRegion _region = new();
    private readonly OneAnswerServer _server = new("");
    private readonly OneAnswerServer[] _others;

    public PipelineTests(ITestOutputHelper output)
    {
        _output = output;
        _others = [new("", _server.EndPoint.Port, AddressOf("b")), new("", _server.EndPoint.Port, AddressOf("c"))];
    }

    public void Dispose()
    {
        _server.Dispose();
        foreach (OneAnswerServer other in _others) other.Dispose();
        _region.Dispose();
    }

    [Fact]
    public async Task Edits_reach_the_snapshot()
    {
        await using RunningPipeline pipeline = await RunningPipeline.StartAsync(_region.Region, Servers("a", "b"));
        await pipeline.AwaitTableAsync("a", "b");
        await pipeline.ChangeAsync(new AddBackend(Server("c")));
        _output.WriteLine($"measured: added after {await pipeline.AwaitTableAsync("a", "b", "c")}");
        await pipeline.ChangeAsync(new SetBackendState(Id("a"), BackendState.Draining));
        _output.WriteLine($"measured: drained after {await pipeline.AwaitTableAsync("b", "c")}");
        await pipeline.ChangeAsync(new RemoveBackend(Id("b")));
        await pipeline.AwaitTableAsync("c");
        await pipeline.ChangeAsync(new SetBackendState(Id("a"), BackendState.Active));
        await pipeline.AwaitTableAsync("a", "c");
        Assert.Equal(["a", "b", "c"], _region.SlotNames());
        Assert.True((await pipeline.TablesAsync()).Ready);
    }

    [Fact]
    public async Task A_server_that_dies_leaves_the_table_in_time_and_comes_back_by_itself()
    {
        OneAnswerServer mortal = new("");
        CatalogueSpec spec = CatalogueOf(
            Pool("live", Check with { Port = _server.EndPoint.Port }, Backend("a", "127.0.0.1", pool: "live")),
            Pool("mortal", Check with { Port = mortal.EndPoint.Port }, Backend("b", "127.0.0.1", pool: "mortal"), Backend("spare", "127.0.0.2", pool: "mortal")));
        await using RunningPipeline pipeline = await RunningPipeline.StartAsync(_region.Region, spec);
        await pipeline.AwaitTableAsync("a", "b"); // nobody listens on 127.0.0.2
        mortal.Dispose();
        TimeSpan open = await pipeline.AwaitTableAsync("a", "b", "spare"); // none is healthy: all are kept
        using OneAnswerServer risen = new("", mortal.EndPoint.Port);
        TimeSpan back = await pipeline.AwaitTableAsync("a", "b");
        _output.WriteLine($"measured: from the fault to the snapshot {open.TotalMilliseconds:0} ms, back after {back.TotalMilliseconds:0} ms");
        // Promised are fall x (interval + timeout) + 120 ms = 720 ms; a machine that runs other tests too may need longer.
        Assert.InRange(open, TimeSpan.Zero, TimeSpan.FromMilliseconds(720) + TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("catalogue")]
    [InlineData("health")]
    [InlineData("pools")]
    [InlineData("builder")]
    [InlineData("publisher")]
    public async Task Whichever_stage_crashes_the_next_edit_reaches_the_snapshot(string stage)
    {
        await using RunningPipeline pipeline = await RunningPipeline.StartAsync(_region.Region, Servers("a", "b"));
        await pipeline.AwaitTableAsync("a", "b");
        TablesReport before = await pipeline.TablesAsync();

        Crash(pipeline, stage);

        await pipeline.ChangeAsync(new AddBackend(Server("c")));
        _output.WriteLine($"measured: added after {await pipeline.AwaitTableAsync("a", "b", "c")}");
        Assert.Equal(1, pipeline.Incarnations);
        Assert.True(_region.Generation > before.Generation);
        Assert.Equal(["a", "b", "c"], _region.SlotNames());
    }

    [Fact]
    public async Task Another_ActorSystem_goes_on_in_the_same_region()
    {
        string digest;
        await using (RunningPipeline first = await RunningPipeline.StartAsync(_region.Region, Servers("b", "c")))
        {
            await first.AwaitTableAsync("b", "c");
            await first.ChangeAsync(new AddBackend(Server("a")));
            await first.AwaitTableAsync("a", "b", "c");
            digest = (await first.TablesAsync()).TableDigest;
        }

        long generation = _region.Generation;
        await using RunningPipeline second = await RunningPipeline.StartAsync(_region.Region, Servers("a", "b", "c"));
        while (!(await second.TablesAsync()).Ready) await Task.Delay(1);
        Assert.True(_region.Generation > generation);
        Assert.Equal(digest, (await second.TablesAsync()).TableDigest);
        Assert.Equal(["b", "c", "a"], _region.SlotNames());
    }

    /// <summary>A message that no stage survives.</summary>
    private static void Crash(RunningPipeline pipeline, string stage)
    {
        switch (stage)
        {
            case "catalogue":
                pipeline.Actor<CatalogueActor>().Tell(new ApplyCatalogue(null!));
                break;
            case "health":
                pipeline.Actor<BackendHealthActor>().Tell(new CatalogueChanged(null!, "broken"));
                break;
            case "pools":
                pipeline.Actor<PoolStateActor>().Tell(new CatalogueChanged(null!, "broken"));
                break;
            case "builder":
                pipeline.Actor<TableBuilderActor>().Tell(new PoolsChanged(null!, "broken", null!, null!));
                break;
            default:
                pipeline.Actor<TablePublisherActor>().Tell(new TablesBuilt(null!, null!));
                break;
        }
    }

    private CatalogueSpec Servers(params string[] names) =>
        CatalogueOf(Pool(Check with { Port = _server.EndPoint.Port }, [.. names.Select(Server)])).WithService("web", "203.0.113.1/32");

    private static BackendSpec Server(string name) => Backend(name, AddressOf(name));

    /// <summary>a, b, c: one server each.</summary>
    private static string AddressOf(string name) => $"127.0.0.{name[0] - 'a' + 1}";
}

using System.Diagnostics;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Catalogue;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>10,000 backends in 100 pools, three nodes of this process over real remoting on loopback.</summary>
public sealed class LargeClusterTests(ITestOutputHelper output) : IDisposable
{
    private const int Backends = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly BackendId One = new(new PoolId("pool7"), "server7");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_late_joiner_has_all_of_a_large_catalogue_at_once_and_soon()
    {
        using var sent = new SentBytes();
        CatalogueSpec large = Samples.Large(pools: 100, Backends);
        await using RunningNode first = await RunningNode.StartAsync(_scratch.Catalogue);
        await using RunningNode second = await RunningNode.JoinAsync(first, "lb2");
        long before = GC.GetTotalMemory(forceFullCollection: true);

        var clock = Stopwatch.StartNew();
        await first.AcceptAsync(new ApplyCatalogue(large));
        output.WriteLine($"measured: apply of {Backends:N0} backends on two nodes: {clock.ElapsedMilliseconds} ms");
        await RunningNode.AgreeAsync(first, second);

        double[] changes = await ChangesAsync(first, second);
        output.WriteLine($"measured: a single change, until the other node has it: median {changes[changes.Length / 2]:0} ms, largest {changes[^1]:0} ms of {changes.Length}");

        clock.Restart();
        await using RunningNode third = await RunningNode.JoinAsync(first, "lb3");
        double up = clock.Elapsed.TotalSeconds;
        TestKit kit = new(third.System);
        third.Actor<CatalogueActor>().Tell(new SubscribeToCatalogue(), kit.TestActor);
        CatalogueChanged firstSeen = await kit.ExpectMsgAsync<CatalogueChanged>(Patience);
        TimeSpan complete = clock.Elapsed;
        output.WriteLine($"measured: late joiner up after {up:0.0} s, complete after {complete.TotalSeconds:0.0} s");

        Assert.Equal((await first.CatalogueAsync()).SpecDigest, firstSeen.SpecDigest);
        Assert.Equal(Backends, firstSeen.Spec.Pools.Values.Sum(pool => pool.Backends.Count));
        Assert.True(complete < TimeSpan.FromSeconds(10), $"complete after {complete}");

        await RunningNode.AgreeAsync(first, second, third);
        output.WriteLine($"measured: managed memory per node: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 3 / 1024.0 / 1024.0:0.0} MB");
        long from = await sent.NextTotalAsync(Patience);
        clock.Restart();
        for (int seconds = 0; seconds < 5; seconds++) await sent.NextTotalAsync(Patience);
        long to = await sent.NextTotalAsync(Patience);
        output.WriteLine($"measured: sent by three nodes at rest: {(to - from) / clock.Elapsed.TotalSeconds / 1024:0} KB/s");
    }

    private static async Task<double[]> ChangesAsync(RunningNode here, RunningNode there)
    {
        TestKit kit = new(there.System);
        there.Actor<CatalogueActor>().Tell(new SubscribeToCatalogue(), kit.TestActor);
        await kit.ExpectMsgAsync<CatalogueChanged>(Patience);
        var times = new List<double>();
        for (int n = 0; n < 20; n++)
        {
            var clock = Stopwatch.StartNew();
            CatalogueAccepted accepted = await here.AcceptAsync(new SetBackendWeight(One, 1 + n));
            await kit.FishForMessageAsync<CatalogueChanged>(changed => changed.SpecDigest == accepted.SpecDigest, Patience);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return [.. times];
    }
}

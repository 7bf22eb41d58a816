using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Membership;
using RustyRail.Actors.Tests.Catalogue;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Tests.Hosting;

public sealed class ActorSystemIncarnationsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task When_the_cluster_downs_the_node_a_new_ActorSystem_goes_on_and_the_process_is_not_marked_as_failed()
    {
        await using RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        string before = (await node.CatalogueAsync()).SpecDigest;
        ActorSystem first = node.System;

        Cluster.Get(first).Down(Cluster.Get(first).SelfAddress);
        await first.WhenTerminated.WaitAsync(Patience);
        await NextIncarnationAsync(node, first);

        Assert.Equal(before, (await node.CatalogueAsync()).SpecDigest);
        Assert.Equal(0, Environment.ExitCode);
    }

    [Fact]
    public async Task A_node_that_leaves_and_is_held_back_stays_out_until_it_is_released()
    {
        await using RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        string before = (await node.CatalogueAsync()).SpecDigest;
        ActorSystem first = node.System;

        node.Incarnations.HoldBack();
        node.Actor<MembershipActor>().Tell(new LeaveCluster());
        await first.WhenTerminated.WaitAsync(Patience);
        using (CancellationTokenSource limit = new(Patience))
        {
            while (node.Incarnations.IsRunning) await Task.Delay(10, limit.Token);
        }

        Assert.True(node.Incarnations.IsHeldBack);
        Assert.Equal(1, node.Incarnations.Started);

        node.Incarnations.Release();
        await NextIncarnationAsync(node, first);
        Assert.Equal(before, (await node.CatalogueAsync()).SpecDigest);
    }

    [Fact]
    public async Task A_node_leaves_also_after_a_failed_handshake_has_spent_its_coordinated_shutdown()
    {
        await using RunningNode first = await RunningNode.StartAsync(store: null);
        await using RunningNode second = await RunningNode.JoinAsync(first, "lb2");
        ActorSystem leaving = second.System;
        Type reason = typeof(Akka.Remote.RemoteSettings).Assembly.GetType("Akka.Remote.Transport.DotNetty.TlsHandshakeFailureReason", throwOnError: true)!;
        await Assert.ThrowsAnyAsync<Exception>(() => CoordinatedShutdown.Get(leaving).Run((CoordinatedShutdown.Reason)Activator.CreateInstance(reason, "a stranger")!));
        Assert.True(SystemEnd.IsVetoed(leaving));

        second.Incarnations.HoldBack();
        second.Actor<MembershipActor>().Tell(new LeaveCluster());

        await leaving.WhenTerminated.WaitAsync(Patience);
        await RunningNode.UntilAsync(() => Task.FromResult(!second.Incarnations.IsRunning && Cluster.Get(first.System).State.Members.Count == 1));
    }

    [Fact]
    public async Task A_stage_that_is_gone_for_good_ends_its_ActorSystem_and_the_next_one_is_whole()
    {
        await using RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        ActorSystem first = node.System;

        node.Actor<CatalogueActor>().Tell(Kill.Instance);
        await first.WhenTerminated.WaitAsync(Patience);
        await NextIncarnationAsync(node, first);

        await node.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));
        Assert.Equal(2, node.Incarnations.Started);
    }

    [Fact]
    public async Task The_first_start_that_fails_is_the_callers_to_report()
    {
        await using var incarnations = new ActorSystemIncarnations(
            "rustyrail", (akka, _) => akka.AddStartup((_, _) => throw new InvalidOperationException("no such thing")), NullLoggerFactory.Instance, TimeProvider.System);

        InvalidOperationException cause = await Assert.ThrowsAsync<InvalidOperationException>(() => incarnations.StartAsync(CancellationToken.None));

        Assert.Equal("no such thing", cause.Message);
        Assert.False(incarnations.TryGet<CatalogueActor>(out _));
    }

    [Fact]
    public void Restarts_wait_longer_each_time_up_to_a_bound()
    {
        var backoff = new RestartBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 7).Select(failures => (int)backoff.DelayAfter(failures).TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(30), backoff.DelayAfter(1_000_000));
    }

    // The node's own event is the new system, not an actor in it: poll with a bound.
    private static async Task NextIncarnationAsync(RunningNode node, ActorSystem first)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (ReferenceEquals(node.System, first) || !node.Incarnations.TryGet<CatalogueActor>(out _)) await Task.Delay(10, limit.Token);
    }
}

using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Tests.Catalogue;

namespace RustyRail.Actors.Tests.Hosting;

/// <summary>A restarted node and this one dial each other: real remoting, with a gate in front of the other node.</summary>
public sealed class StrayAssociationsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_node_that_crashed_and_dials_while_it_is_dialled_is_heard_and_answered()
    {
        await using RunningNode node = await RunningNode.StartAsync(store: null);
        using Gate gate = new();
        using (ActorSystem earlier = Peer(gate))
        {
            Task<IActorRef> found = Peers(node, gate).ResolveOne(Patience);
            Task passing = gate.PassAsync(await gate.AcceptAsync().WaitAsync(Patience));
            await found;
            // No farewell.
            gate.Cut();
            await passing.WaitAsync(Patience);
            await earlier.Terminate().WaitAsync(Patience);
        }

        await AssertComesBackAsync(node, gate);
    }

    [Fact]
    public async Task A_node_that_left_and_dials_while_it_is_dialled_is_heard_and_answered()
    {
        await using RunningNode node = await RunningNode.StartAsync(store: null);
        using Gate gate = new();
        using (ActorSystem earlier = Peer(gate))
        {
            await Nodes(earlier, node).ResolveOne(Patience);
            await earlier.Terminate().WaitAsync(Patience);
        }

        await AssertComesBackAsync(node, gate);
    }

    private static async Task AssertComesBackAsync(RunningNode node, Gate gate)
    {
        // The node dials the earlier incarnation; its connection stands, and says nothing yet.
        Task<Gate.Held> dialled = gate.AcceptAsync();
        await RunningNode.UntilAsync(() =>
        {
            Peers(node, gate).Tell("are you there?");
            return Task.FromResult(dialled.IsCompleted);
        });
        using ActorSystem later = Peer(gate);
        await Nodes(later, node).ResolveOne(Patience);
        Task passing = gate.PassAsync(await dialled);

        // What the node dialled is of no use to anybody; and then the two make new connections, by whichever side.
        await passing.WaitAsync(Patience);
        gate.PassAll();
        await RunningNode.UntilAsync(async () =>
        {
            Task<IActorRef> answer = Nodes(later, node).ResolveOne(TimeSpan.FromSeconds(1));
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return answer.IsCompletedSuccessfully;
        });
    }

    private static ActorSelection Nodes(ActorSystem peer, RunningNode node) => peer.ActorSelection(new RootActorPath(Cluster.Get(node.System).SelfAddress) / "user" / "door");

    private static ActorSelection Peers(RunningNode node, Gate gate) =>
        node.System.ActorSelection(new RootActorPath(new Address("akka.tcp", "rustyrail", "127.0.0.1", gate.Port)) / "user" / "peer");

    private static ActorSystem Peer(Gate gate)
    {
        ActorSystem peer = ActorSystem.Create("rustyrail", ConfigurationFactory.ParseString($$"""
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              actor.provider = remote
              remote.dot-netty.tcp { hostname = "127.0.0.1", public-port = {{gate.Port}}, port = {{gate.Behind}} }
            }
            """));
        peer.ActorOf(Props.Empty, "peer");
        peer.ActorOf<StrayAssociationsActor>();
        return peer;
    }
}

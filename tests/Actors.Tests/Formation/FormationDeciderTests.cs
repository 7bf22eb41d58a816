using System.Collections.Immutable;
using Akka.Actor;
using RustyRail.Actors.Formation;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Tests.Formation;

public sealed class FormationDeciderTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(50);

    [Fact]
    public void Whoever_hears_of_a_cluster_joins_it_the_larger_first() => Assert.Equal(
        new FormationStep.Join(At(3)),
        FormationDecider.Decide(Own(1, hasKey: true, [Inside(2, reachable: 1), Inside(3, reachable: 2), Outside(4, hasKey: true)])));

    [Fact]
    public void A_fresh_first_seed_begins_once_all_others_are_without_a_cluster_too() => Assert.IsType<FormationStep.Found>(
        FormationDecider.Decide(Own(1, hasKey: false, [Outside(2, hasKey: false), Outside(3, hasKey: false)], all: true)));

    [Fact]
    public void It_waits_for_silent_ones_and_not_for_ever()
    {
        Outlook own = Own(1, hasKey: false, [Outside(2, hasKey: false)]);

        Assert.IsType<FormationStep.Wait>(FormationDecider.Decide(own));
        Assert.IsType<FormationStep.Found>(FormationDecider.Decide(own with { Waited = FormationDecider.FirstPatience }));
        Assert.IsType<FormationStep.Wait>(FormationDecider.Decide(own with { HasFormerPeers = true, Waited = FormationDecider.FirstPatience }));
    }

    [Fact]
    public void Fresh_nodes_that_are_not_the_first_seed_never_begin() =>
        Assert.IsType<FormationStep.Wait>(FormationDecider.Decide(Own(2, hasKey: false, [Outside(3, hasKey: false)], all: true) with { Waited = TimeSpan.FromDays(1) }));

    [Fact]
    public void A_fresh_first_seed_leaves_it_to_a_node_of_the_former_cluster() =>
        Assert.IsType<FormationStep.Wait>(FormationDecider.Decide(Own(1, hasKey: false, [Outside(2, hasKey: true)], all: true)));

    [Fact]
    public void Without_the_first_seed_the_next_node_of_the_former_cluster_begins()
    {
        Outlook second = Own(2, hasKey: true, [Outside(3, hasKey: true)]) with { Waited = Long };
        Outlook third = Own(3, hasKey: true, [Outside(2, hasKey: true)]) with { Waited = Long };

        Assert.IsType<FormationStep.Found>(FormationDecider.Decide(second));
        Assert.IsType<FormationStep.Wait>(FormationDecider.Decide(third));
    }

    [Fact]
    public void Nodes_whose_seeds_differ_do_not_wait_for_each_other_for_ever() => Assert.IsType<FormationStep.Found>(
        FormationDecider.Decide(Own(2, hasKey: true, [Outside(1, hasKey: true)]) with { Waited = FormationDecider.Deference }));

    [Fact]
    public void A_node_that_turned_this_one_away_is_neither_joined_nor_waited_for() => Assert.IsType<FormationStep.Found>(
        FormationDecider.Decide(Own(2, hasKey: true, [new Neighbour(At(1), 0, new TurnedAway(Card(true), "other key"))], all: true)));

    [Fact]
    public void Turned_away_by_a_cluster_a_node_begins_none_beside_it_unless_another_that_belongs_with_it_is_there()
    {
        Outlook own = Own(2, hasKey: true, [new Neighbour(At(1), 0, new TurnedAway(Card(true), "other key", IsInside: true))], all: true) with { Waited = TimeSpan.FromDays(1) };

        Assert.IsType<FormationStep.Wait>(FormationDecider.Decide(own));
        Assert.IsType<FormationStep.Found>(FormationDecider.Decide(own with { Neighbours = own.Neighbours.Add(Outside(3, hasKey: true)) }));
    }

    [Fact]
    public void Of_several_nodes_in_any_state_at_most_one_begins_at_a_time()
    {
        // Every mix of fresh and former among four seeds that hear each other.
        for (int keys = 0; keys < 16; keys++)
        {
            int mix = keys;
            int founders = Enumerable.Range(1, 4).Count(self => FormationDecider.Decide(Own(
                self, HasKey(self, mix), [.. Enumerable.Range(1, 4).Where(other => other != self).Select(other => Outside(other, HasKey(other, mix)))], all: true)) is FormationStep.Found);
            Assert.Equal(1, founders);
        }

        static bool HasKey(int node, int mix) => (mix >> (node - 1) & 1) != 0;
    }

    private static Outlook Own(int self, bool hasKey, ImmutableArray<Neighbour> neighbours, bool all = false) =>
        new(At(self), self - 1, hasKey, false, neighbours, all, TimeSpan.FromSeconds(1));

    private static Neighbour Inside(int node, int reachable) => new(
        At(node), node - 1, new Inside(Card(true), [.. Enumerable.Range(0, 3).Select(n => new InsideMember($"m{n}", n, n < reachable))], null));

    private static Neighbour Outside(int node, bool hasKey) => new(At(node), node - 1, new Outside(Card(hasKey)));

    private static NodeCard Card(bool hasKey) => new(1, 1, "1.0", "lb", 1, hasKey ? "key" : "");

    private static Address At(int node) => new("akka.ssl.tcp", "rustyrail", $"192.0.2.{node}", 4053);
}

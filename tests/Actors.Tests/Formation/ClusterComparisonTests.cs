using System.Collections.Immutable;
using RustyRail.Actors.Formation;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Tests.Formation;

public sealed class ClusterComparisonTests
{
    private static readonly InsideMember A = new("192.0.2.1:4053", 1, true);
    private static readonly InsideMember B = new("192.0.2.2:4053", 2, true);
    private static readonly InsideMember C = new("192.0.2.3:4053", 3, true);

    [Fact]
    public void A_cluster_that_counts_this_node_among_its_members_is_its_own() => Assert.Equal(Relation.Same, ClusterComparison.Compare(A, [A], [A with { Reachable = false }, B]));

    [Fact]
    public void One_that_has_its_members_but_not_itself_has_forgotten_it() => Assert.Equal(Relation.Forgotten, ClusterComparison.Compare(C, [A, B, C], [A, B]));

    [Fact]
    public void An_earlier_life_of_this_node_is_another() =>
        Assert.Equal(Relation.TheirsIsGreater, ClusterComparison.Compare(B, [B], [A, B with { Uid = 99, Reachable = false }, C]));

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public void Both_sides_agree_which_of_two_is_greater(int one, int other)
    {
        ImmutableArray<InsideMember> first = Cluster("192.0.2.", one);
        ImmutableArray<InsideMember> second = Cluster("192.0.3.", other);

        Relation there = ClusterComparison.Compare(first[0], first, second);
        Relation back = ClusterComparison.Compare(second[0], second, first);

        Assert.Equal(new HashSet<Relation> { Relation.TheirsIsGreater, Relation.OursIsGreater }, [there, back]);
        Assert.Equal(one >= other, there == Relation.OursIsGreater);
    }

    private static ImmutableArray<InsideMember> Cluster(string network, int size) =>
        [.. Enumerable.Range(1, size).Select(n => new InsideMember($"{network}{n}:4053", n, true))];
}

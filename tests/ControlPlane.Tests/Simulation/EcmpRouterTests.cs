using RustyRail.ControlPlane.Simulation;

namespace ControlPlane.Tests.Simulation;

public sealed class EcmpRouterTests
{
    [Fact]
    public void A_resilient_router_moves_only_the_buckets_of_who_leaves()
    {
        EcmpRouter router = new(EcmpKind.Resilient, 5, 1000, new Random(1));
        int[] before = router.Map().Targets;
        router.Remove(2);
        int[] after = router.Map().Targets;
        Assert.All(before.Zip(after), pair => Assert.True(pair.First == pair.Second || pair.First == 2));
        Assert.All(after.CountBy(balancer => balancer), share => Assert.Equal(250, share.Value));
        Assert.DoesNotContain(2, after);
    }

    [Fact]
    public void A_resilient_router_gives_a_newcomer_its_share_and_moves_nothing_else()
    {
        EcmpRouter router = new(EcmpKind.Resilient, 4, 1000, new Random(1));
        int[] before = router.Map().Targets;
        router.Add(4);
        int[] after = router.Map().Targets;
        Assert.All(before.Zip(after), pair => Assert.True(pair.First == pair.Second || pair.Second == 4));
        Assert.All(after.CountBy(balancer => balancer), share => Assert.Equal(200, share.Value));
    }

    [Fact]
    public void A_map_does_not_follow_later_changes()
    {
        EcmpRouter router = new(EcmpKind.Modulo, 3, 0, new Random(1));
        EcmpMap map = router.Map();
        router.Remove(1);
        Assert.Equal([0, 1, 2], map.Targets);
        Assert.Equal([0, 2], router.Map().Targets);
    }
}

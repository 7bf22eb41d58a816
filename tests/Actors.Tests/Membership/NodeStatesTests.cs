using RustyRail.Actors.Membership;

namespace RustyRail.Actors.Tests.Membership;

public sealed class NodeStatesTests
{
    [Fact]
    public void The_later_announcement_of_each_node_wins_in_whatever_order_they_meet()
    {
        NodeStates early = NodeStates.Empty.With("lb1", new NodeState(1, 10, "a", "x")).With("lb2", new NodeState(4, 40, "d", "w"));
        NodeStates late = NodeStates.Empty.With("lb1", new NodeState(2, 3, "b", "y"));

        NodeStates merged = early.Merge(late);

        Assert.Equal(new NodeState(2, 3, "b", "y"), merged.ByNode["lb1"]);
        Assert.Equal(new NodeState(4, 40, "d", "w"), merged.ByNode["lb2"]);
        Assert.Equal(merged, late.Merge(early));
        Assert.Equal(merged, merged.Merge(early).Merge(late));
    }

    [Fact]
    public void Announcements_of_equal_version_from_before_and_after_a_restart_are_ordered_alike_everywhere()
    {
        NodeStates before = NodeStates.Empty.With("lb1", new NodeState(1, 10, "a", "x"));
        NodeStates after = NodeStates.Empty.With("lb1", new NodeState(1, 10, "b", "x"));

        Assert.Equal(before.Merge(after), after.Merge(before));
    }
}

using RustyRail.ControlPlane.Simulation.Events;

namespace ControlPlane.Tests.Simulation;

public sealed class EventScriptTests
{
    [Fact]
    public void A_comma_is_then_and_a_plus_is_at_once()
    {
        Assert.True(EventScript.TryParse("drain-backend:10+kill-lb,add-lb", out EventScript? script, out _));
        Assert.Equal(2, script.Steps.Length);
        Assert.Equal<Change>([new Change(ChangeKind.DrainBackend, 10), new Change(ChangeKind.KillBalancer, 1)], script.Steps[0]);
        Assert.Equal<Change>([new Change(ChangeKind.AddBalancer, 1)], script.Steps[1]);
    }

    [Theory]
    [InlineData("explode", "\"explode\" is neither a change")]
    [InlineData("", "\"\" is neither")]
    [InlineData("kill-lb:0", "\"kill-lb:0\"")]
    [InlineData("kill-lb:two", "\"kill-lb:two\"")]
    [InlineData("kill-lb:1:2", "\"kill-lb:1:2\"")]
    [InlineData("add-lb,add-lb,add-lb,add-lb,add-lb,add-lb,add-lb,add-lb", "8 steps: at most 7")]
    public void What_is_wrong_is_named(string text, string problem)
    {
        Assert.False(EventScript.TryParse(text, out _, out string said));
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill-lb:3", "leaves no balancer")]
    [InlineData("drain-backend,remove-backend", "leaves no backend")]
    [InlineData("add-lb,kill-lb:3", null)]
    public void Somebody_has_to_be_left(string text, string? problem)
    {
        Assert.True(EventScript.TryParse(text, out EventScript? script, out _));
        Assert.Equal(problem, script.Problem(balancers: 3, backends: 2));
    }
}

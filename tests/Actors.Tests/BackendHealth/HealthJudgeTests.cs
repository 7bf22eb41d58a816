using RustyRail.Actors.BackendHealth;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace Actors.Tests.BackendHealth;

public sealed class HealthJudgeTests
{
    private static readonly HealthJudge New = new(Rise: 2, Fall: 3);

    [Theory]
    [InlineData("", Health.Unknown)]
    [InlineData("+", Health.Up)]
    [InlineData("-", Health.Down)]
    [InlineData("+--", Health.Up)]
    [InlineData("+---", Health.Down)]
    [InlineData("+--+--", Health.Up)]
    [InlineData("+--+---", Health.Down)]
    [InlineData("-+", Health.Down)]
    [InlineData("-++", Health.Up)]
    [InlineData("-+-+", Health.Down)]
    [InlineData("+---+", Health.Down)]
    [InlineData("+---++--", Health.Up)]
    public void Fall_failures_in_a_row_take_down_and_rise_successes_bring_back(string answers, Health expected) =>
        Assert.Equal(expected, After(New, answers).Health);

    [Fact]
    public void One_failure_suffices_while_suspected()
    {
        Assert.Equal(Health.Down, After(After(New, "+").Suspect(), "-").Health);
    }

    [Fact]
    public void A_success_ends_the_suspicion()
    {
        Assert.Equal(Health.Up, After(After(New, "+").Suspect(), "+--").Health);
    }

    [Fact]
    public void Suspicion_alone_decides_nothing()
    {
        Assert.Equal(Health.Up, After(New, "+").Suspect().Health);
        Assert.Equal(Health.Unknown, New.Suspect().Health);
    }

    [Fact]
    public void A_target_that_is_down_needs_its_rise_whatever_is_suspected() =>
        Assert.Equal(Health.Up, After(After(New, "-").Suspect(), "++").Health);

    [Fact]
    public void What_is_remembered_holds_until_answers_speak_against_it()
    {
        HealthJudge remembered = New.Remember(Health.Up);
        Assert.Equal(Health.Up, remembered.Health);
        Assert.Equal(Health.Up, After(remembered, "--").Health);
        Assert.Equal(Health.Down, After(remembered, "---").Health);
    }

    [Fact]
    public void An_own_judgement_is_not_overwritten_by_memory() => Assert.Equal(Health.Up, After(New, "+").Remember(Health.Down).Health);

    private static HealthJudge After(HealthJudge judge, string answers) => answers.Aggregate(judge, (now, answer) => now.Observe(answer == '+'));
}

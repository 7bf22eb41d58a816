using RustyRail.Actors.BackendHealth;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace Actors.Tests.BackendHealth;

public sealed class HealthBoardTests
{
    private readonly HealthBoard _board = new(TimeProvider.System);

    [Fact]
    public void Pools_that_share_a_server_and_a_check_share_a_target()
    {
        var (added, _) = _board.Replace(CatalogueOf(
            Pool("a", Tcp(), Backend("s", "192.0.2.1", pool: "a")),
            Pool("b", Tcp(), Backend("s", "192.0.2.1", pool: "b")),
            Pool("c", Tcp(port: 81), Backend("s", "192.0.2.1", pool: "c"))));

        Assert.Equal(2, added.Count);
        _board.TryJudge(added.Single(target => target.Check.Port == 80), Health.Down, "refused");
        Assert.Equal(Health.Down, _board.Report.Backends[Id("s", "a")].Health);
        Assert.Equal(Health.Down, _board.Report.Backends[Id("s", "b")].Health);
        Assert.Equal(Health.Unknown, _board.Report.Backends[Id("s", "c")].Health);
    }

    [Fact]
    public void The_first_round_is_done_when_the_last_target_is_judged_and_stays_done()
    {
        var (added, _) = _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"))));
        _board.TryJudge(added[0], Health.Up, "");
        Assert.False(_board.FirstRoundDone);
        _board.TryJudge(added[1], Health.Down, "");
        Assert.True(_board.FirstRoundDone);

        _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"), Backend("c", "192.0.2.3"))));
        Assert.Equal(Health.Unknown, _board.Report.Backends[Id("c")].Health);
        Assert.True(_board.FirstRoundDone);
    }

    [Fact]
    public void A_judgement_follows_its_backend_when_only_the_check_changes()
    {
        HealthTarget before = _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1")))).Added.Single();
        _board.TryJudge(before, Health.Down, "refused");

        var (added, removed) = _board.Replace(CatalogueOf(Pool(Tcp(intervalSeconds: 5), Backend("a", "192.0.2.1"))));

        Assert.Single(added);
        Assert.Equal([before], removed);
        Assert.Equal(Health.Down, _board.Report.Backends[Id("a")].Health);
        Assert.Equal(Health.Down, _board.StateOf(added[0])!.Health);
    }

    [Fact]
    public void Another_address_is_another_server()
    {
        HealthTarget before = _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1")))).Added.Single();
        _board.TryJudge(before, Health.Down, "refused");
        _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.2"))));
        Assert.Equal(Health.Unknown, _board.Report.Backends[Id("a")].Health);
    }

    [Fact]
    public void A_new_weight_changes_no_target()
    {
        _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"))));
        var (added, removed) = _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1", weight: 7, state: BackendState.Draining))));
        Assert.Empty(added);
        Assert.Empty(removed);
    }

    [Fact]
    public void Inherited_judgements_wait_for_the_catalogue_and_count_as_the_first_round()
    {
        _board.Inherit(new([Id("a")], [Id("b"), Id("gone")]));
        _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"))));
        Assert.Equal(Health.Up, _board.Report.Backends[Id("a")].Health);
        Assert.Equal(Health.Down, _board.Report.Backends[Id("b")].Health);
        Assert.True(_board.FirstRoundDone);
    }

    [Fact]
    public void An_inherited_judgement_does_not_outweigh_a_probe()
    {
        HealthTarget target = _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1")))).Added.Single();
        _board.TryJudge(target, Health.Up, "connected");
        _board.Inherit(new([], [Id("a")]));
        Assert.Equal(Health.Up, _board.Report.Backends[Id("a")].Health);
    }

    [Fact]
    public void Since_is_when_the_health_changed_and_not_when_the_reason_did()
    {
        HealthTarget target = _board.Replace(CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1")))).Added.Single();
        _board.TryJudge(target, Health.Down, "refused");
        DateTimeOffset since = _board.StateOf(target)!.Since;
        Assert.True(_board.TryJudge(target, Health.Down, "no answer"));
        Assert.False(_board.TryJudge(target, Health.Down, "no answer"));
        Assert.Equal(since, _board.StateOf(target)!.Since);
    }

    [Fact]
    public void A_judgement_of_a_target_that_has_gone_is_ignored() =>
        Assert.False(_board.TryJudge(new(System.Net.IPAddress.Loopback, Tcp()), Health.Up, ""));
}

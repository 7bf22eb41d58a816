using System.Collections.Immutable;
using RustyRail.Actors.Pools;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Pools;

public sealed class PoolLiveSetsTests
{
    private static readonly ImmutableSortedDictionary<PoolId, PoolLiveSet> Nothing = ImmutableSortedDictionary<PoolId, PoolLiveSet>.Empty;

    private readonly PoolSpec _pool = Pool(
        Tcp(),
        Backend("b", "192.0.2.2", weight: 7),
        Backend("a", "192.0.2.1"),
        Backend("d", "192.0.2.4", state: BackendState.Draining),
        Backend("c", "192.0.2.3"));

    [Fact]
    public void Active_and_healthy_takes_new_and_draining_keeps_established()
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool, Report("a+ b+ c+ d+"));
        Assert.Equal("a b c", NewOf(set));
        Assert.Equal("a b c d", EstablishedOf(set));
        Assert.Equal([100, 7, 100], set.TakesNew.Select(backend => backend.Weight));
    }

    [Theory]
    [InlineData("a- b+ c+ d+", "b c", "b c d")]
    [InlineData("a- b+ c- d-", "b", "b")]
    public void Unhealthy_takes_neither(string health, string takesNew, string takesEstablished)
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool, Report(health));
        Assert.Equal(takesNew, NewOf(set));
        Assert.Equal(takesEstablished, EstablishedOf(set));
    }

    [Fact]
    public void Too_few_healthy_keeps_all_active_ones_and_does_not_trust_the_checks()
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool with { MinHealthy = 2 }, Report("a+ b- c- d-"));
        Assert.Equal("a b c", NewOf(set));
        Assert.Equal("a b c d", EstablishedOf(set));
    }

    [Fact]
    public void Too_few_healthy_keeps_only_those_where_withdrawing_is_wanted()
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool with { MinHealthy = 2, OnTooFew = OnTooFew.Withdraw }, Report("a+ b- c- d-"));
        Assert.Equal("a", NewOf(set));
        Assert.Equal("a", EstablishedOf(set));
    }

    [Fact]
    public void A_healthy_draining_backend_does_not_make_up_for_unhealthy_active_ones()
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool, Report("a- b- c- d+"));
        Assert.Equal("a b c", NewOf(set));
    }

    [Fact]
    public void Unknown_counts_as_up_while_the_first_round_runs()
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool, Report("a- b+ c? d?", firstRoundDone: false));
        Assert.Equal("b c", NewOf(set));
        Assert.Equal("b c d", EstablishedOf(set));
    }

    [Fact]
    public void A_newcomer_waits_for_its_first_probe_and_keeps_what_it_has()
    {
        PoolLiveSet set = PoolLiveSets.Decide(_pool, Report("a+ b+ d+"));
        Assert.Equal("a b", NewOf(set));
        Assert.Equal("a b c d", EstablishedOf(set));
    }

    [Fact]
    public void A_pool_of_newcomers_alone_is_open_at_once() => Assert.Equal("a b c", NewOf(PoolLiveSets.Decide(_pool, Report(""))));

    [Fact]
    public void A_pool_may_be_empty()
    {
        PoolLiveSet set = PoolLiveSets.Decide(Pool(Tcp()), Report(""));
        Assert.Empty(set.TakesNew);
        Assert.Empty(set.TakesEstablished);
    }

    [Fact]
    public void Sets_that_read_the_same_are_the_same_objects()
    {
        CatalogueSpec spec = CatalogueOf(_pool, Pool("other", Tcp(), Backend("x", "192.0.2.9", pool: "other")));
        var before = PoolLiveSets.Decide(spec, Report("a+ b+ c+ d+"), Nothing);
        var after = PoolLiveSets.Decide(spec, Report("a- b+ c+ d+"), before);
        Assert.NotSame(before[Web], after[Web]);
        Assert.Same(before[new("other")], after[new("other")]);
    }

    private static HealthReport Report(string states, bool firstRoundDone = true) => new(
        states.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableSortedDictionary(
            state => Id(state[..1]),
            state => new HealthState(state[1] switch { '+' => Health.Up, '-' => Health.Down, _ => Health.Unknown }, "", default)),
        firstRoundDone);

    private static string NewOf(PoolLiveSet set) => string.Join(' ', set.TakesNew.Select(backend => backend.Backend.Name));

    private static string EstablishedOf(PoolLiveSet set) => string.Join(' ', set.TakesEstablished.Select(backend => backend.Name));
}

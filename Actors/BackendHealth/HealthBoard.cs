using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace RustyRail.Actors.BackendHealth;

/// <summary>
/// Which target stands for which backends, and what is known of each. Owner: the backend health actor.
/// A judgement follows its backend when only the check changes: another interval must not make a server unknown.
/// </summary>
internal sealed class HealthBoard(TimeProvider time)
{
    private Dictionary<HealthTarget, Entry> _targets = [];
    private readonly Dictionary<BackendId, Health> _inherited = [];
    private readonly Dictionary<HealthTarget, HealthState> _remembered = [];
    private ImmutableSortedDictionary<BackendId, HealthState> _backends = ImmutableSortedDictionary<BackendId, HealthState>.Empty;
    private CatalogueSpec? _spec;
    private int _unjudged;

    /// <summary>Latched: a backend added later does not take the node out of service.</summary>
    public bool FirstRoundDone { get; private set; }

    public HealthReport Report => new(_backends, FirstRoundDone);

    public bool IsEmpty => _spec is null;

    public HealthState? StateOf(HealthTarget target) => _targets.TryGetValue(target, out Entry? entry) ? entry.State : null;

    /// <summary>Judgements of an earlier process; they hold for backends that nothing is known of yet.</summary>
    public void Inherit(InheritHealth judgements)
    {
        foreach (BackendId up in judgements.KnownUp) _inherited[up] = Health.Up;
        foreach (BackendId down in judgements.KnownDown) _inherited[down] = Health.Down;
        AdoptWhatIsKnown();
    }

    /// <summary>What an earlier incarnation of the owner knew.</summary>
    public void Remember(ImmutableDictionary<HealthTarget, HealthState> judgements, bool firstRoundDone)
    {
        foreach ((HealthTarget target, HealthState state) in judgements) _remembered[target] = state;
        FirstRoundDone |= firstRoundDone;
        AdoptWhatIsKnown();
    }

    public ImmutableDictionary<HealthTarget, HealthState> Judgements() =>
        _targets.Where(pair => pair.Value.State.Health != Health.Unknown).ToImmutableDictionary(pair => pair.Key, pair => pair.Value.State);

    /// <summary>Takes the catalogue's targets; tells which are new and which have gone.</summary>
    public (List<HealthTarget> Added, List<HealthTarget> Removed) Replace(CatalogueSpec spec)
    {
        // Nothing is touched before all of the catalogue has been read.
        Dictionary<HealthTarget, Entry> targets = [];
        foreach (PoolSpec pool in spec.Pools.Values)
        {
            foreach (BackendSpec backend in pool.Backends.Values)
            {
                HealthTarget target = new(backend.Address, pool.Health.Type == HealthCheckType.None ? HealthSpec.None : pool.Health);
                if (!targets.TryGetValue(target, out Entry? entry)) targets[target] = entry = new(StateOf(target) ?? NeverJudged());
                entry.Backends.Add(backend.Id);
                if (entry.State.Health == Health.Unknown && KeptItsAddress(backend)) entry.State = _backends[backend.Id];
            }
        }

        List<HealthTarget> added = [.. targets.Keys.Where(target => !_targets.ContainsKey(target))];
        List<HealthTarget> removed = [.. _targets.Keys.Where(target => !targets.ContainsKey(target))];
        (_targets, _spec) = (targets, spec);
        AdoptWhatIsKnown();
        return (added, removed);
    }

    /// <summary>False where the target has gone meanwhile or nothing differs.</summary>
    public bool TryJudge(HealthTarget target, Health health, string reason)
    {
        if (!_targets.TryGetValue(target, out Entry? entry) || (entry.State.Health == health && entry.State.Reason == reason)) return false;

        if (entry.State.Health == Health.Unknown) _unjudged--;
        DateTimeOffset since = entry.State.Health == health ? entry.State.Since : time.GetUtcNow();
        entry.State = new(health, reason, since);
        _backends = _backends.SetItems(entry.Backends.Select(backend => KeyValuePair.Create(backend, entry.State)));
        FirstRoundDone |= _unjudged == 0;
        return true;
    }

    private void AdoptWhatIsKnown()
    {
        if (_spec is null) return;

        foreach ((HealthTarget target, Entry entry) in _targets)
            if (entry.State.Health == Health.Unknown) entry.State = KnownOf(target, entry);

        _remembered.Clear();
        _inherited.Clear();
        _backends = _targets.Values
            .SelectMany(entry => entry.Backends.Select(backend => KeyValuePair.Create(backend, entry.State)))
            .ToImmutableSortedDictionary();
        _unjudged = _targets.Values.Count(entry => entry.State.Health == Health.Unknown);
        FirstRoundDone |= _unjudged == 0;
    }

    private HealthState KnownOf(HealthTarget target, Entry entry)
    {
        if (_remembered.TryGetValue(target, out HealthState? remembered)) return remembered;
        foreach (BackendId backend in entry.Backends)
            if (_inherited.TryGetValue(backend, out Health health)) return new(health, "as judged before the restart", time.GetUtcNow());
        return entry.State;
    }

    private bool KeptItsAddress(BackendSpec backend) =>
        _spec is not null
        && _spec.Pools.TryGetValue(backend.Id.Pool, out PoolSpec? pool)
        && pool.Backends.TryGetValue(backend.Id, out BackendSpec? before)
        && before.Address.Equals(backend.Address);

    private HealthState NeverJudged() => new(Health.Unknown, "not probed yet", time.GetUtcNow());

    private sealed class Entry(HealthState state)
    {
        public HealthState State { get; set; } = state;
        public List<BackendId> Backends { get; } = [];
    }
}

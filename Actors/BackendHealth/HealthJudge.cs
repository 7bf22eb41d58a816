using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace RustyRail.Actors.BackendHealth;

/// <summary>
/// One target's judgement: <paramref name="Fall"/> failures in a row take it down, <paramref name="Rise"/> successes in a row bring it back.
/// The very first answer decides alone: until it came nothing was known.
/// </summary>
internal sealed record HealthJudge(int Rise, int Fall)
{
    public Health Health { get; private init; } = Health.Unknown;

    /// <summary>Somebody doubts the target: the next answer counts alone if it is a failure.</summary>
    public bool Suspected { get; private init; }

    /// <summary>Answers in a row that speak against <see cref="Health"/>.</summary>
    private int Against { get; init; }

    public HealthJudge Observe(bool ok)
    {
        if (Health == Health.Unknown) return Settle(ok);
        if (ok == (Health == Health.Up)) return this with { Against = 0, Suspected = false };

        int needed = Health == Health.Down ? Rise : Suspected ? 1 : Fall;
        return Against + 1 >= needed ? Settle(ok) : this with { Against = Against + 1 };
    }

    /// <summary>A hint: it makes the judge stricter for one answer and decides nothing.</summary>
    public HealthJudge Suspect() => Health == Health.Down ? this : this with { Suspected = true };

    /// <summary>Takes over what was known of the target earlier; an own judgement is worth more and stays.</summary>
    public HealthJudge Remember(Health known) => Health == Health.Unknown ? this with { Health = known } : this;

    private HealthJudge Settle(bool ok) => new(Rise, Fall) { Health = ok ? Health.Up : Health.Down };
}

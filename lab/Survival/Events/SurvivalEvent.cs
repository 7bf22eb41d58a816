namespace RustyRail.Lab.Survival.Events;

/// <summary>What may break.</summary>
internal enum Tolerated
{
    Nothing,

    /// <summary>The connections of the backend that is taken away, all of them.</summary>
    OwnOnly,

    /// <summary>Counted, not judged.</summary>
    Anything,
}

/// <param name="Victim">The backend whose connections are expected to end, where one is.</param>
internal sealed record SurvivalEvent(string Name, string What, Func<Stage, Task> Happen, Tolerated Tolerated = Tolerated.Nothing, string Victim = "")
{
    public int LeastBalancers { get; init; } = 2;

    /// <summary>The balancers go over to the programs of another version, and stay with them.</summary>
    public bool NeedsNextPrograms { get; init; }

    public bool IsPossible(int balancers, string nextPrograms) => balancers >= LeastBalancers && (nextPrograms.Length > 0 || !NeedsNextPrograms);
}

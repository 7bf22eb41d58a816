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
internal sealed record SurvivalEvent(string Name, string What, Func<Stage, Task> Happen, Tolerated Tolerated = Tolerated.Nothing, string Victim = "");

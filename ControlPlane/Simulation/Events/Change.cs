namespace RustyRail.ControlPlane.Simulation.Events;

/// <summary>One kind of thing that happens to a cluster.</summary>
internal enum ChangeKind
{
    AddBackend,

    /// <summary>Taken out or dead: its own flows end.</summary>
    RemoveBackend,

    /// <summary>It keeps its flows and gets no new ones.</summary>
    DrainBackend,

    AddBalancer,

    /// <summary>Withdrawn in order: it tells its peers what it knows before it goes.</summary>
    RemoveBalancer,

    /// <summary>Gone with everything on it.</summary>
    KillBalancer,
}

internal sealed record Change(ChangeKind Kind, int Count)
{
    public bool OfBackends => Kind is ChangeKind.AddBackend or ChangeKind.RemoveBackend or ChangeKind.DrainBackend;
}

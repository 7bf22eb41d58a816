using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>An event's stages, and what follows from them for whole entries of the table before any flow is looked at.</summary>
internal sealed class EventCourse
{
    private readonly Lottery[] _exceptionKept;

    public EventCourse(SimulationOptions options, ImmutableArray<Stage> stages)
    {
        Stages = [.. stages];
        EntryChanges = ChangedEntries(stages);
        int balancers = stages.Min(stage => stage.Router.Targets.Distinct().Count());
        FlowRemembered = new Lottery((double)options.FlowTableEntries * balancers / options.Flows);
        _exceptionKept = KeptShares(options, stages);
    }

    public Stage[] Stages { get; }

    /// <summary>Flows begin in any stage but the last, which nothing follows.</summary>
    public uint Openings => (uint)Stages.Length - 1;

    /// <summary>By entry: some stage has another backend there, or its backend goes.</summary>
    public bool[] EntryChanges { get; }

    /// <summary>A flow table that is too small forgets some.</summary>
    public Lottery FlowRemembered { get; }

    /// <summary>An exception table that is too small takes some of a step's.</summary>
    public bool ExceptionKept(ulong hash, int stage) => _exceptionKept[stage].Has(hash, stage);

    private static bool[] ChangedEntries(ImmutableArray<Stage> stages)
    {
        bool[] changes = new bool[stages[0].Table.Length];
        for (int entry = 0; entry < changes.Length; entry++)
        {
            ushort first = stages[0].Table[entry];
            changes[entry] = stages.Any(stage => stage.Table[entry] != first) || IsGone(stages, first);
        }

        return changes;
    }

    private static Lottery[] KeptShares(SimulationOptions options, ImmutableArray<Stage> stages)
    {
        double flowsPerEntry = (double)options.Flows / (stages.Length - 1) / stages[0].Table.Length;
        double room = options.ExceptionEntries;
        var kept = new Lottery[stages.Length];
        kept[0] = new Lottery(1);
        for (int at = 1; at < stages.Length; at++)
        {
            double found = flowsPerEntry * NewlyElsewhere(stages, at);
            kept[at] = new Lottery(found <= room ? 1 : room / found);
            room = Math.Max(0, room - found);
        }

        return kept;
    }

    // Pairs of an entry and an opening stage whose flows the table of this stage is the first to send elsewhere.
    private static long NewlyElsewhere(ImmutableArray<Stage> stages, int at)
    {
        long pairs = 0;
        for (int opened = 0; opened < at; opened++)
        {
            for (int entry = 0; entry < stages[0].Table.Length; entry++)
            {
                ushort backend = stages[opened].Table[entry];
                if (stages[at].Table[entry] == backend || IsGone(stages, backend)) continue;
                bool before = false;
                for (int between = opened + 1; between < at; between++) before |= stages[between].Table[entry] != backend;
                if (!before) pairs++;
            }
        }

        return pairs;
    }

    private static bool IsGone(ImmutableArray<Stage> stages, ushort backend) => stages[^1].BackendGone[backend];
}

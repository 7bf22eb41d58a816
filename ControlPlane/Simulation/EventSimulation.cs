using System.Collections.Immutable;
using RustyRail.ControlPlane.Simulation.Events;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>One event on all flows.</summary>
internal static class EventSimulation
{
    public static EventResult Run(SimulationOptions options, EcmpKind ecmp, EventScript script, Progress progress, CancellationToken cancel)
    {
        ImmutableArray<Stage> stages = Fleet.Stages(options, ecmp, script);
        FlowJudge judge = new(options, new EventCourse(options, stages));
        FlowTally tally = default;
        FlowBlocks.Run(options, () => default(FlowTally), (sum, first, end) => sum + judge.Judge(first, end), sum => tally += sum, progress, cancel);
        (double changed, double needlessly) = TableChange(stages);
        return new EventResult(
            script.Name,
            script.Text,
            ecmp.ToString().ToLowerInvariant(),
            changed,
            needlessly,
            tally.Flows,
            tally.Moved,
            tally.Ended,
            tally.BrokenByHash,
            tally.BrokenWithFlowTable,
            tally.BrokenWithExceptions,
            tally.Exceptions);
    }

    private static (double Changed, double Needlessly) TableChange(ImmutableArray<Stage> stages)
    {
        ushort[] before = stages[0].Table, after = stages[^1].Table;
        HashSet<ushort> old = [.. before], current = [.. after];
        int changed = 0, needlessly = 0;
        for (int entry = 0; entry < before.Length; entry++)
        {
            if (before[entry] == after[entry]) continue;
            changed++;
            if (current.Contains(before[entry]) && old.Contains(after[entry])) needlessly++;
        }

        return ((double)changed / before.Length, (double)needlessly / before.Length);
    }
}

using RustyRail.Contract.Maglev;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>What the removal of some backends does to a table, in per cent of its entries.</summary>
/// <param name="Changed">All entries that change hands.</param>
/// <param name="Needlessly">Those whose backend stays.</param>
internal readonly record struct Disruption(double Changed, double Needlessly)
{
    public static Disruption Of(int tableSize, int backends, int removed, int seed, int trial)
    {
        Permutation[] all = Trials.Backends(backends, tableSize, seed, trial);
        int[] order = [.. Enumerable.Range(0, backends)];
        new Random((seed * 7919) + trial).Shuffle(order);
        int[] survivors = [.. order[removed..].Order()];
        ushort[] before = Trials.Table(all, tableSize), after = Trials.Table([.. survivors.Select(at => all[at])], tableSize);
        bool[] stays = new bool[backends];
        foreach (int at in survivors) stays[at] = true;
        int changed = 0, needlessly = 0;
        for (int entry = 0; entry < tableSize; entry++)
        {
            if (before[entry] == survivors[after[entry]]) continue;
            changed++;
            if (stays[before[entry]]) needlessly++;
        }

        return new Disruption(100.0 * changed / tableSize, 100.0 * needlessly / tableSize);
    }

    public static Disruption Mean(IReadOnlyCollection<Disruption> trials) =>
        new(trials.Average(trial => trial.Changed), trials.Average(trial => trial.Needlessly));
}

using RustyRail.Contract.Hashing;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>
/// The first version's rule, table size from the number of live backends (the largest prime up to 100 for each): which share of the
/// flows of surviving backends one failure moves. The reason why a pool's table size is fixed.
/// </summary>
internal static class DerivedTableSize
{
    private const int Flows = 200_000;

    public static double MovedSurvivors(int backends, int seed)
    {
        int sizeBefore = SizeFor(backends), sizeAfter = SizeFor(backends - 1);
        ushort[] before = Trials.Table(Trials.Backends(backends, sizeBefore, seed, 0), sizeBefore);
        Permutation[] survivors = Trials.Backends(backends, sizeAfter, seed, 0)[..^1];
        ushort[] after = Trials.Table(survivors, sizeAfter);
        FlowHash hash = Keys.Hash(seed, "flows");
        int kept = 0, moved = 0;
        for (int flow = 0; flow < Flows; flow++)
        {
            ulong value = hash.Of((ulong)flow, 1);
            ushort backend = before[value % (ulong)sizeBefore];
            if (backend == backends - 1) continue;
            if (after[value % (ulong)sizeAfter] == backend) kept++;
            else moved++;
        }

        return 100.0 * moved / (kept + moved);
    }

    public static int SizeFor(int backends)
    {
        int size = 100 * backends;
        while (!Primes.IsPrime(size)) size--;
        return size;
    }
}

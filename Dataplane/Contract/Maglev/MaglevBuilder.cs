namespace RustyRail.Contract.Maglev;

/// <summary>
/// Fills a Maglev table (paper, section 3.4, pseudocode 1). M is fixed by the pool, never derived from the live set: only then does
/// a failure leave the other backends' entries nearly alone. Weights by cumulative turns: in each round a backend adds its weight
/// to its credit and takes one entry for each largest weight that the credit holds; equal weights give Maglev's own table.
/// </summary>
internal static class MaglevBuilder
{
    /// <summary>An index is a ushort, and the last value marks an empty entry while filling.</summary>
    public const int MaxBackends = ushort.MaxValue;

    /// <param name="names">Sorted ordinally and distinct, so that every node builds the same table.</param>
    /// <param name="weights">1 or more each.</param>
    /// <param name="tableSize">Prime.</param>
    /// <returns><paramref name="tableSize"/> indices into <paramref name="names"/>; empty if there are none.</returns>
    public static ushort[] Build(ReadOnlySpan<string> names, ReadOnlySpan<int> weights, int tableSize)
    {
        Permutation[] permutations = new Permutation[names.Length];
        for (int i = 0; i < names.Length; i++) permutations[i] = Permutation.Of(names[i], tableSize);
        return Build(permutations, weights, tableSize);
    }

    public static ushort[] Build(ReadOnlySpan<Permutation> permutations, ReadOnlySpan<int> weights, int tableSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permutations.Length, MaxBackends);
        if (permutations.Length == 0) return [];
        const ushort Empty = ushort.MaxValue;
        ushort[] table = new ushort[tableSize];
        Array.Fill(table, Empty);
        int[] next = new int[permutations.Length];
        for (int i = 0; i < next.Length; i++) next[i] = permutations[i].Offset;
        long[] credit = new long[permutations.Length];
        int largest = Largest(weights);
        int left = tableSize;
        while (true)
        {
            for (int i = 0; i < next.Length; i++)
            {
                for (credit[i] += weights[i]; credit[i] >= largest; credit[i] -= largest)
                {
                    table[TakeNext(table, ref next[i], permutations[i].Skip, Empty)] = (ushort)i;
                    if (--left == 0) return table;
                }
            }
        }
    }

    /// <summary>First empty entry in the backend's order; the order then stands behind it.</summary>
    private static int TakeNext(ushort[] table, ref int next, int skip, ushort empty)
    {
        int at = next;
        while (table[at] != empty) at = Step(at, skip, table.Length);
        next = Step(at, skip, table.Length);
        return at;
    }

    private static int Step(int at, int skip, int size)
    {
        at += skip;
        return at >= size ? at - size : at;
    }

    private static int Largest(ReadOnlySpan<int> weights)
    {
        int largest = 0;
        foreach (int weight in weights) largest = Math.Max(largest, weight);
        return largest;
    }
}

using RustyRail.Contract.Hashing;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>The methods that the paper measures Maglev against, as entries per backend of a table filled by each.</summary>
internal static class RivalHashing
{
    /// <summary>Consistent hashing on a ring (Karger 1997): entries stand at even distances and belong to the next of the backends' points.</summary>
    public static long[] Karger(int backends, int pointsPerBackend, int tableSize, int seed)
    {
        FlowHash hash = Keys.Hash(seed, "Karger");
        ulong[] points = new ulong[backends * pointsPerBackend];
        int[] owners = new int[points.Length];
        for (int at = 0; at < points.Length; at++)
        {
            owners[at] = at / pointsPerBackend;
            points[at] = hash.Of((ulong)owners[at] + 1, (ulong)(at % pointsPerBackend) + 1);
        }

        Array.Sort(points, owners);
        long[] entries = new long[backends];
        for (int entry = 0; entry < tableSize; entry++)
        {
            int next = Array.BinarySearch(points, (ulong)entry * (ulong.MaxValue / (ulong)tableSize));
            if (next < 0) next = ~next;
            entries[owners[next == points.Length ? 0 : next]]++;
        }

        return entries;
    }

    /// <summary>Highest random weight (Thaler, Ravishankar 1998): an entry belongs to the backend with the largest hash of both.</summary>
    public static long[] Rendezvous(int backends, int tableSize, int seed)
    {
        FlowHash hash = Keys.Hash(seed, "Rendezvous");
        long[] entries = new long[backends];
        for (int entry = 0; entry < tableSize; entry++)
        {
            int best = 0;
            ulong largest = 0;
            for (int backend = 0; backend < backends; backend++)
            {
                ulong weight = hash.Of((ulong)entry + 1, (ulong)backend + 1);
                if (weight < largest) continue;
                largest = weight;
                best = backend;
            }

            entries[best]++;
        }

        return entries;
    }
}

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>Flow numbers in the order of their packets, drawn beforehand: to read the next one costs next to nothing.</summary>
internal static class FlowDraws
{
    private const double ZipfExponent = 1.1;

    public static uint[] InTurn(int flows)
    {
        uint[] draws = new uint[flows];
        for (uint i = 0; i < draws.Length; i++) draws[i] = i;
        return draws;
    }

    /// <summary>Flow k with a share in proportion to 1 / (k + 1)^1.1, independently, the same every time.</summary>
    public static uint[] Zipf(int flows, int count)
    {
        double[] upTo = Cumulated(flows);
        uint[] guide = Guide(upTo);
        uint[] draws = new uint[count];
        ulong state = 0x6A09_E667_F3BC_C909;
        for (int i = 0; i < count; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            double point = (state >> 32) * (1.0 / (1UL << 32)); // 0 to below 1
            uint flow = guide[(int)(point * flows)];
            while (upTo[flow] <= point) flow++;
            draws[i] = flow;
        }

        return draws;
    }

    /// <summary>Share of the flows up to and with each; the last is 1.</summary>
    private static double[] Cumulated(int flows)
    {
        double[] upTo = new double[flows];
        double sum = 0;
        for (int i = 0; i < flows; i++) upTo[i] = sum += Math.Pow(i + 1, -ZipfExponent);
        for (int i = 0; i < flows; i++) upTo[i] /= sum;
        return upTo;
    }

    /// <summary>Where to begin to look for a point between k/n and (k+1)/n.</summary>
    private static uint[] Guide(double[] upTo)
    {
        uint[] guide = new uint[upTo.Length];
        uint flow = 0;
        for (int cell = 0; cell < guide.Length; cell++)
        {
            while (upTo[flow] <= (double)cell / guide.Length) flow++;
            guide[cell] = flow;
        }

        return guide;
    }
}

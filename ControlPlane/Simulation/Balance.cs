namespace RustyRail.ControlPlane.Simulation;

/// <summary>How even a load is over those who carry it.</summary>
/// <param name="MaxOverMean">What the busiest has to be able to carry, as a multiple of the mean.</param>
/// <param name="Variation">Coefficient of variation: standard deviation over mean.</param>
internal sealed record Balance(string Load, double MaxOverMean, double MinOverMean, double Variation)
{
    public static Balance Of(string load, ReadOnlySpan<long> counts)
    {
        double sum = 0, squares = 0, max = 0, min = double.MaxValue;
        foreach (long count in counts)
        {
            sum += count;
            squares += (double)count * count;
            max = Math.Max(max, count);
            min = Math.Min(min, count);
        }

        double mean = sum / counts.Length;
        return new Balance(load, max / mean, min / mean, Math.Sqrt(Math.Max(0, (squares / counts.Length) - (mean * mean))) / mean);
    }
}

using System.Globalization;

namespace RustyRail.ControlPlane.Simulation.Plot;

/// <summary>From 0 to a round number; logarithmic axes have 0 too, by taking the logarithm of one more.</summary>
internal sealed class Axis
{
    private readonly bool _logarithmic;

    public Axis(double largest, bool logarithmic)
    {
        _logarithmic = logarithmic;
        if (logarithmic)
        {
            int decades = Math.Max(1, (int)Math.Ceiling(Math.Log10(Math.Max(largest, 1))));
            Ticks = [0, .. Enumerable.Range(0, decades + 1).Select(decade => Math.Pow(10, decade))];
        }
        else
        {
            double step = RoundStep(largest > 0 ? largest / 5 : 0.2);
            Ticks = [.. Enumerable.Range(0, (int)Math.Ceiling((largest / step) - 1e-9) + 1).Select(tick => tick * step)];
            if (Ticks.Length < 2) Ticks = [0, step];
        }
    }

    public double[] Ticks { get; }

    /// <summary>0 to 1 along the axis.</summary>
    public double At(double value) => _logarithmic ? Math.Log10(1 + value) / Math.Log10(1 + Ticks[^1]) : value / Ticks[^1];

    public static string Label(double tick) => tick >= 1e5
        ? string.Create(CultureInfo.InvariantCulture, $"{tick:0.#e0}")
        : string.Create(CultureInfo.InvariantCulture, $"{tick:#,0.####}");

    private static double RoundStep(double step)
    {
        double decade = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double digits = step / decade;
        return decade * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
    }
}

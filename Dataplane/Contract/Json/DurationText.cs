using System.Globalization;

namespace RustyRail.Contract.Json;

/// <summary>Durations as operators write them: <c>150ms</c>, <c>2s</c>, <c>1m</c>, <c>1h</c>; whole numbers of one unit.</summary>
public static class DurationText
{
    public const string Form = "a duration such as \"150ms\", \"2s\" or \"1m\"";

    // Largest first, for Format; "ms" ends in "s" but has its own factor, so Parse tries the last first.
    private static readonly (string Suffix, long Milliseconds)[] Units = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        for (int i = Units.Length - 1; i >= 0; i--)
        {
            (string suffix, long unit) = Units[i];
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            bool isNumber = int.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count);
            if (isNumber) duration = TimeSpan.FromMilliseconds(count * unit);
            return isNumber;
        }

        return false;
    }

    /// <summary>In the largest unit that gives a whole number; digits below a millisecond do not exist here.</summary>
    public static string Format(TimeSpan duration)
    {
        long milliseconds = duration.Ticks / TimeSpan.TicksPerMillisecond;
        (string suffix, long unit) = Units.First(unit => milliseconds % unit.Milliseconds == 0 && (milliseconds != 0 || unit.Suffix == "s"));
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / unit}{suffix}");
    }
}

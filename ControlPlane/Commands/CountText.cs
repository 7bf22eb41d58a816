using System.Globalization;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Large numbers as people write them: 100000000, 100_000_000, 100M.</summary>
internal static class CountText
{
    public static bool TryParse(string text, out long count)
    {
        long unit = text.Length == 0 ? 1 : text[^1] switch
        {
            'k' => 1_000,
            'M' => 1_000_000,
            'G' => 1_000_000_000,
            _ => 1,
        };
        string digits = (unit == 1 ? text : text[..^1]).Replace("_", "", StringComparison.Ordinal);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count > long.MaxValue / unit) return false;
        count *= unit;
        return true;
    }
}

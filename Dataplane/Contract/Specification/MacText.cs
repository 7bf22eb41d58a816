using System.Globalization;

namespace RustyRail.Contract.Specification;

/// <summary>MAC addresses as operators write them: <c>02:00:00:00:00:01</c>. As a number the first byte is in bits 40-47.</summary>
public static class MacText
{
    public const string Form = "a MAC address such as \"02:00:00:00:00:01\"";

    private const int Bytes = 6;
    private const long GroupBit = 1L << 40;

    public static bool TryParse(string text, out long mac)
    {
        mac = 0;
        string[] parts = text.Split(':');
        if (parts.Length != Bytes) return false;
        foreach (string part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)) return false;
            mac = (mac << 8) | value;
        }

        return true;
    }

    public static string Format(long mac) =>
        string.Join(':', Enumerable.Range(0, Bytes).Select(i => ((byte)(mac >> (8 * (Bytes - 1 - i)))).ToString("x2", CultureInfo.InvariantCulture)));

    /// <summary>Of one device: neither a group's nor nobody's.</summary>
    public static bool IsOneDevice(long mac) => mac is > 0 and < (1L << (8 * Bytes)) && (mac & GroupBit) == 0;
}

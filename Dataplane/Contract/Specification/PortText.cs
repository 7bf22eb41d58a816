using System.Globalization;

namespace RustyRail.Contract.Specification;

/// <summary>A service's port as operators write it: <c>80</c>, <c>8000-8999</c>, <c>any</c>.</summary>
public static class PortText
{
    public const string Form = "a port from 1 to 65535, a range such as \"8000-8999\" or \"any\"";

    public static bool TryParse(string text, out PortRange ports)
    {
        ports = PortRange.Any;
        if (text == "any") return true;
        string[] ends = text.Split('-');
        if (ends.Length > 2 || !TryPort(ends[0], out ushort from) || !TryPort(ends[^1], out ushort to) || from > to) return false;
        ports = new PortRange(from, to);
        return true;
    }

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}

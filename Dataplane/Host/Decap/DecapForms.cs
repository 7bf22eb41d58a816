namespace RustyRail.Dataplane.Host.Decap;

/// <summary>Tunnels that end here. The XDP program's settings have the same bits.</summary>
[Flags]
internal enum DecapForms
{
    None = 0,
    Gre = 1,
    Ipip = 2,
    Gue = 4,
    All = Gre | Ipip | Gue,
}

/// <summary>As operators write them: <c>gre,ipip,gue</c>.</summary>
internal static class DecapFormWords
{
    private static readonly (string Word, DecapForms Form)[] _words = [("gre", DecapForms.Gre), ("ipip", DecapForms.Ipip), ("gue", DecapForms.Gue)];

    public static bool TryParse(string text, out DecapForms forms, out string unknown)
    {
        forms = DecapForms.None;
        unknown = "";
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            (string Word, DecapForms Form) found = Array.Find(_words, known => known.Word == part);
            if (found.Form == DecapForms.None)
            {
                unknown = part;
                return false;
            }

            forms |= found.Form;
        }

        return true;
    }

    public static string Format(DecapForms forms) =>
        string.Join(", ", _words.Where(known => (forms & known.Form) != 0).Select(known => known.Word.ToUpperInvariant()));
}

using System.Globalization;
using System.Text;

namespace RustyRail.Dataplane.Ports.Offloads;

/// <summary>What was on before RustyRail switched it off, in a file that outlives both processes.</summary>
internal sealed record OffloadRecord(string Device, int Index, IReadOnlyList<string> Features)
{
    private const string FirstLine = "rustyrail offloads 1";

    /// <summary>Null: there is none, or what there is is not one of ours (a half-written file is not possible).</summary>
    public static OffloadRecord? Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        if (lines.Length < 3 || lines[0] != FirstLine || !int.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out int index)) return null;
        return new OffloadRecord(lines[1], index, lines[3..]);
    }

    /// <summary>Complete or not at all.</summary>
    public void Write(string path)
    {
        StringBuilder text = new();
        text.Append(FirstLine).Append('\n').Append(Device).Append('\n').Append(CultureInfo.InvariantCulture, $"{Index}\n");
        foreach (string feature in Features) text.Append(feature).Append('\n');
        string unfinished = $"{path}.new";
        File.WriteAllText(unfinished, text.ToString());
        File.Move(unfinished, path, overwrite: true);
    }
}

using System.Text.RegularExpressions;

namespace Netns.Tests.Lab;

/// <summary>Labs whose test process is gone (killed, timed out): nobody else would ever remove them.</summary>
internal static partial class AbortedRuns
{
    private static readonly Lazy<int> _removed = new(RemoveAll);

    /// <summary>Once per run.</summary>
    public static void Remove() => _ = _removed.Value;

    private static int RemoveAll()
    {
        int removed = 0;
        foreach (string directory in Directory.GetDirectories("/dev/shm", "rrt-*-lab"))
        {
            Match name = StateDirectory().Match(directory);
            if (!name.Success || Directory.Exists($"/proc/{name.Groups["pid"].Value}"))
                continue;
            Command.Run(Repository.Lab, ["down"], environment: new Dictionary<string, string?> { ["LAB_PREFIX"] = name.Groups["prefix"].Value });
            removed++;
        }
        return removed;
    }

    [GeneratedRegex("^/dev/shm/(?<prefix>rrt-(?<pid>[0-9]+)-)lab$")]
    private static partial Regex StateDirectory();
}

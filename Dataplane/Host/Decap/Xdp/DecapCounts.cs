using System.Globalization;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>What the program has counted since it was attached, all processors together.</summary>
internal static class DecapCounts
{
    private const string PossibleProcessors = "/sys/devices/system/cpu/possible";

    private static readonly int _processors = CountProcessors(File.ReadAllText(PossibleProcessors));

    public static DecapCounters Read(BpfMap map)
    {
        byte[] values = new byte[_processors * DecapMaps.CountBytes];
        DecapCounters counters = new() { StrangersPass = true };
        if (!map.TryLookUp(new byte[sizeof(uint)], values)) return counters;
        ReadOnlySpan<long> counts = MemoryMarshal.Cast<byte, long>(values);
        foreach (DecapReason reason in Enum.GetValues<DecapReason>())
        {
            for (int processor = 0; processor < _processors; processor++)
                counters.Add(reason, counts[(processor * DecapMaps.CountBytes / sizeof(long)) + (int)reason]);
        }

        return counters;
    }

    /// <summary>The kernel's list of ranges: <c>0-3,8</c> is five.</summary>
    public static int CountProcessors(string list) => list.Trim().Split(',').Sum(range =>
    {
        string[] ends = range.Split('-');
        return int.Parse(ends[^1], CultureInfo.InvariantCulture) - int.Parse(ends[0], CultureInfo.InvariantCulture) + 1;
    });
}

using System.Globalization;

namespace RustyRail.ControlPlane.Native;

/// <summary>What this process may do, by its effective capabilities (capabilities(7)).</summary>
internal static class Capabilities
{
    private const int NetAdmin = 12;
    private const int NetRaw = 13;
    private const int SysAdmin = 21;
    private const int Bpf = 39;

    /// <summary>Names of those that balancing on an interface needs and that are missing.</summary>
    public static IReadOnlyList<string> Missing()
    {
        ulong effective = Effective(File.ReadLines("/proc/self/status"));
        var missing = new List<string>();
        Require(NetAdmin, "CAP_NET_ADMIN");
        Require(NetRaw, "CAP_NET_RAW");
        if (!Has(effective, SysAdmin))
        {
            Require(Bpf, "CAP_BPF");
        }

        return missing;

        void Require(int capability, string name)
        {
            if (!Has(effective, capability))
            {
                missing.Add(name);
            }
        }
    }

    internal static ulong Effective(IEnumerable<string> statusLines)
    {
        const string label = "CapEff:";
        string line = statusLines.First(line => line.StartsWith(label, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(label.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static bool Has(ulong set, int capability) => (set >> capability & 1) != 0;
}

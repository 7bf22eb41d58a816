namespace RustyRail.Fuzz;

/// <summary>What coverage is of: the packets' way, not the publisher's, nor the ports.</summary>
internal static class Instrumented
{
    private static readonly string[] Prefixes =
    [
        "RustyRail.Dataplane.Forwarding.", "RustyRail.Dataplane.Tables.", "RustyRail.Dataplane.Packets.", "RustyRail.Contract.Snapshots.Classifier", "RustyRail.Contract.Snapshots.IpKey",
    ];

    public static bool Has(string type) => Array.Exists(Prefixes, prefix => type.StartsWith(prefix, StringComparison.Ordinal));
}

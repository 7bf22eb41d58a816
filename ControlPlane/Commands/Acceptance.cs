using RustyRail.ControlPlane.Admin;

namespace RustyRail.ControlPlane.Commands;

/// <summary>How far a change has come, for people.</summary>
internal static class Acceptance
{
    public static string Text(ChangeAccepted accepted)
    {
        string nodes = accepted.Members > 1 ? $", on {accepted.Reached} of {accepted.Members} nodes so far" : "";
        string change = accepted.Change is { } number ? $" as change {number}" : "";
        return $"{change}{nodes} (spec {accepted.SpecDigest})";
    }
}

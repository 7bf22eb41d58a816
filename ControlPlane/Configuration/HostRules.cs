using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>What this machine must offer before anything is created on it.</summary>
internal static class HostRules
{
    public static IEnumerable<string> Check(NodeOptions node, StartRequest request)
    {
        if (FileSystemLibc.if_nametoindex(node.Device) == 0) yield return $"{node.Device}: no such interface in this network namespace";

        IReadOnlyList<string> missing = Capabilities.Missing();
        if (missing.Count > 0) yield return $"{node.Device}: no permission: {string.Join(", ", missing)} missing; run as root";

        if (node.Cluster.Tls is { } tls && Problem(tls) is { } bad) yield return bad;

        if (request.State.Problem() is { } problem) yield return problem;

        if (!request.Attach && !File.Exists(DataplaneProgram.Path)) yield return $"{DataplaneProgram.Path}: the dataplane's program is missing";
    }

    private static string? Problem(ClusterTlsOptions files)
    {
        try
        {
            ClusterTlsFiles.Read(files).Certificate.Dispose();
            return null;
        }
        catch (OperatorException e)
        {
            return e.Message;
        }
    }
}

using System.CommandLine;
using System.Globalization;
using RustyRail.ControlPlane.Admin;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>How the running instance is.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        Command command = new("status", "How the running instance is: dataplane, cluster, traffic, problems");
        command.Add(SharedOptions.Json);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json))
        {
            await output.WriteLineAsync(await client.GetTextAsync(AdminPaths.Status, cancel));
            return ExitCode.Well;
        }

        Print(await client.GetAsync(AdminPaths.Status, AdminJson.Default.NodeStatus, cancel), output);
        return ExitCode.Well;
    }

    internal static void Print(NodeStatus status, TextWriter output)
    {
        DataplaneStatus dataplane = status.Dataplane;
        TrafficStatus traffic = status.Traffic;
        string heartbeat = dataplane.HeartbeatAgeMs is { } age ? string.Create(CultureInfo.InvariantCulture, $", heartbeat {age} ms ago") : "";
        Table facts = TextTable.OfFacts();
        facts.Row("node", $"{status.Node}, version {status.Version}");
        facts.Row("ready", status.Ready ? "yes" : status.Drain == "serving" ? "no" : $"no: {status.Drain} (drain-node)");
        facts.Row("stale", status.Stale ? "yes: some member is unreachable" : "no");
        facts.Row("generation", Number(status.Generation));
        facts.Row("digests", $"spec {status.SpecDigest}, table {status.TableDigest}");
        facts.Row("catalogue", $"{status.Catalogue.Services} services, {status.Catalogue.Pools} pools, {status.Catalogue.Backends} backends{(status.Catalogue.Stored ? "" : " (not stored)")}");
        facts.Row("dataplane", dataplane.Alive ? $"pid {dataplane.Pid}, {dataplane.Device}, {dataplane.Port}, {dataplane.Workers} worker(s){heartbeat}" : "not running");
        facts.Row("control", Line(status.ControlPlane));
        if (dataplane.Note.Length > 0) facts.Row("port choice", dataplane.Note);
        facts.Row("received", Number(traffic.Received));
        facts.Row("forwarded", Number(traffic.Forwarded));
        facts.Row("to host", Number(traffic.Host));
        facts.Row("answered", Number(traffic.Answered));
        facts.Row("dropped", Number(traffic.Dropped));
        foreach ((string reason, ulong count) in traffic.Reasons) facts.Row($"  {reason}", Number(count));
        facts.Row("flows", $"{Number(traffic.FlowsInserted)} opened, {Number(traffic.FlowsExpired)} expired, {Number(traffic.FlowsDisplaced)} displaced, {Number(traffic.FlowsNotInserted)} packets of new ones beyond the cap");
        if (status.Exceptions is { } exceptions) facts.Row("exceptions", Line(exceptions, traffic.ExceptionHits));
        facts.Print(output);

        output.WriteLine();
        ClusterCommand.PrintMembers(status.Cluster, output);
        if (status.Problems.IsEmpty) return;
        output.WriteLine();
        foreach (string problem in status.Problems) output.WriteLine($"problem: {problem}");
    }

    private static string Line(ControlPlaneStatus control) => string.Create(
        CultureInfo.InvariantCulture,
        $"pid {control.Pid}, {control.ManagedBytes / 1048576.0:0} MB of objects, {control.ResidentBytes / 1048576.0:0} MB in all, {control.ProcessorMs / 1000.0:0.0} s of processor time");

    private static string Line(ExceptionStatus exceptions, ulong hits) => string.Create(
        CultureInfo.InvariantCulture,
        $"{exceptions.Held} told to {exceptions.Peers} peer(s), {exceptions.Known} known of {exceptions.Capacity} ({exceptions.Placed} in use), {hits} connections taken over, {exceptions.Overflowed} overflowed, last scan {exceptions.LastScanMs:0.0} ms{(exceptions.LastSyncMs is { } sync ? $", last sync {sync:0} ms" : "")}{(exceptions.Told ? "" : ", not told by all peers yet")}");

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}

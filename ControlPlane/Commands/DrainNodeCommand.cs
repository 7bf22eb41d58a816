using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Draining;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Takes this node out without breaking a connection: withdraw, wait until nothing arrives, leave the cluster. And back.</summary>
internal static class DrainNodeCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "How many seconds its traffic (with --undo: its readiness) is waited for",
        HelpName = "s",
        DefaultValueFactory = _ => 120,
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Leave although traffic still arrives when the time is over" };
    private static readonly Option<bool> Undo = new("--undo") { Description = "Come back: into the cluster, ready, announced" };

    public static Command Create()
    {
        Command command = new("drain-node", "Take this node out: withdraw it from routers, wait until its traffic falls, leave the cluster");
        Timeout.Validators.Add(result =>
        {
            // What is no number at all is the parser's to refuse.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out int seconds) && (seconds is < 0 or > 86400)) result.AddError("--timeout must be 0 to 86400 seconds");
        });
        command.Add(Timeout);
        command.Add(Force);
        command.Add(Undo);
        command.Add(SharedOptions.Json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Force) && result.GetValue(Undo)) result.AddError("--force and --undo: one or the other");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TimeSpan limit = TimeSpan.FromSeconds(parsed.GetValue(Timeout));
        TextWriter told = parsed.InvocationConfiguration.Error;
        DrainStatus end = parsed.GetValue(Undo)
            ? await ReturnAsync(client, limit, told, cancel)
            : await DrainAsync(client, limit, parsed.GetValue(Force), told, cancel);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(JsonSerializer.Serialize(end, AdminJson.Readable.DrainStatus));
        else await output.WriteLineAsync(Words(end));
        return ExitCode.Well;
    }

    private static async Task<DrainStatus> DrainAsync(AdminClient client, TimeSpan limit, bool force, TextWriter told, CancellationToken cancel)
    {
        DrainStatus before = await client.StepAsync(HttpMethod.Post, AdminPaths.Drain, cancel);
        await told.WriteLineAsync($"{before.Node} is withdrawn; waiting until its traffic falls, at most {Number(limit.TotalSeconds)} s");
        double rate = await FallAsync(client, before, limit, told, cancel);
        if (rate > 0 && !force)
        {
            throw new OperatorException(
                $"{before.Node} still gets {Number(rate)} packets/s after {Number(limit.TotalSeconds)} s: it stays withdrawn and in the cluster (again: drain-node; all the same: --force; back: --undo)",
                ExitCode.Failed);
        }

        return await client.StepAsync(HttpMethod.Post, AdminPaths.Leave, cancel);
    }

    // 0: it has fallen; else packets per second when the time was over.
    private static async Task<double> FallAsync(AdminClient client, DrainStatus before, TimeSpan limit, TextWriter told, CancellationToken cancel)
    {
        TrafficFall fall = new();
        long start = Stopwatch.GetTimestamp(), last = start;
        ulong forwarded = before.Forwarded;
        while (true)
        {
            await Task.Delay(Look, cancel);
            DrainStatus now = await client.StepAsync(HttpMethod.Get, AdminPaths.Drain, cancel);
            double rate = (now.Forwarded - forwarded) / Stopwatch.GetElapsedTime(last).TotalSeconds;
            (forwarded, last) = (now.Forwarded, Stopwatch.GetTimestamp());
            await told.WriteLineAsync($"{Number(Stopwatch.GetElapsedTime(start).TotalSeconds)} s: {Number(rate)} packets/s");
            if (fall.Observe(rate)) return 0;
            if (Stopwatch.GetElapsedTime(start) >= limit) return Math.Max(rate, 1);
        }
    }

    private static async Task<DrainStatus> ReturnAsync(AdminClient client, TimeSpan limit, TextWriter told, CancellationToken cancel)
    {
        DrainStatus now = await client.StepAsync(HttpMethod.Delete, AdminPaths.Drain, cancel);
        long start = Stopwatch.GetTimestamp();
        if (!now.Ready) await told.WriteLineAsync($"{now.Node} comes back; waiting until it is ready, at most {Number(limit.TotalSeconds)} s");
        while (!now.Ready)
        {
            if (Stopwatch.GetElapsedTime(start) >= limit) throw new OperatorException($"{now.Node} is not ready after {Number(limit.TotalSeconds)} s: rustyrail status says why", ExitCode.Failed);
            await Task.Delay(Look / 4, cancel);
            now = await client.StepAsync(HttpMethod.Get, AdminPaths.Drain, cancel);
        }

        return now;
    }

    private static string Words(DrainStatus end) => (end.Phase, end.Why) switch
    {
        ("left", _) => $"{end.Node} has left its cluster; what still arrives is forwarded until it is stopped (drain-node --undo brings it back)",
        (_, { Length: > 0 } why) => $"{end.Node} is withdrawn and still a member: {why}",
        _ => $"{end.Node} is {(end.Ready ? "ready" : end.Phase)}",
    };

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using RustyRail.ControlPlane.Admin;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The backends of the running instance: who is well, who drains, who carries what.</summary>
internal static class BackendsCommand
{
    public static Command Create()
    {
        Command command = new("backends", "The backends: health with its reason, drain state, weight, packets, flows");
        command.Add(SharedOptions.Json);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(await client.GetTextAsync(AdminPaths.Backends, cancel));
        else Print(await client.GetAsync(AdminPaths.Backends, AdminJson.Default.ImmutableArrayBackendStatus, cancel), TimeProvider.System.GetUtcNow(), output);
        return ExitCode.Well;
    }

    internal static void Print(ImmutableArray<BackendStatus> backends, DateTimeOffset now, TextWriter output)
    {
        Table table = TextTable.Create("backend", "address", "#weight", "state", "health", "since", "reason", "#packets", "#bytes", "#flows");
        foreach (BackendStatus backend in backends)
        {
            table.Row(
                $"{backend.Pool}/{backend.Name}",
                backend.Address,
                backend.Weight.ToString(CultureInfo.InvariantCulture),
                backend.State,
                backend.Health,
                backend.Since is { } since ? Age(now - since) : "",
                backend.Reason,
                backend.Packets.ToString(CultureInfo.InvariantCulture),
                backend.Bytes.ToString(CultureInfo.InvariantCulture),
                backend.Flows.ToString(CultureInfo.InvariantCulture));
        }

        table.Print(output);
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalSeconds):0} s"),
        { TotalMinutes: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} d"),
    };
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using RustyRail.ControlPlane.Admin;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The virtual services of the running instance.</summary>
internal static class ServicesCommand
{
    public static Command Create()
    {
        Command command = new("services", "The virtual services, their pools and traffic");
        command.Add(SharedOptions.Json);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(await client.GetTextAsync(AdminPaths.Services, cancel));
        else Print(await client.GetAsync(AdminPaths.Services, AdminJson.Default.ImmutableArrayServiceStatus, cancel), output);
        return ExitCode.Well;
    }

    internal static void Print(ImmutableArray<ServiceStatus> services, TextWriter output)
    {
        Table table = TextTable.Create("service", "vip", "protocol", "port", "pool", "send", "affinity", "#up", "#packets", "#bytes", "#new flows");
        foreach (ServiceStatus service in services)
        {
            table.Row(
                service.Name, service.Vip, service.Protocol, service.Port, service.Pool, service.Send, service.Affinity,
                $"{service.BackendsUp}/{service.Backends}",
                service.Packets.ToString(CultureInfo.InvariantCulture),
                service.Bytes.ToString(CultureInfo.InvariantCulture),
                service.NewFlows.ToString(CultureInfo.InvariantCulture));
        }

        table.Print(output);
    }
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Says what start-up would say, and starts nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Command command = new("check", "Validate configuration and services as a start would, all errors at once; starts nothing");
        StartOptions.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(StartOptions.Read(parsed), parsed.InvocationConfiguration, cancel));
        return command;
    }

    private static async Task<int> RunAsync(StartRequest request, InvocationConfiguration console, CancellationToken cancel)
    {
        if (ServicesAlone(request) is { } file) return CheckServices(file, console);

        StartPlan plan = await StartPlanner.PlanAsync(request, cancel);
        ImmutableArray<string> stored = await StoredState.CheckAsync(plan, cancel);
        foreach (string warning in plan.Warnings.Concat(stored)) await console.Error.WriteLineAsync($"rustyrail: warning: {warning}");
        string catalogue = plan.FirstCatalogue is { } first ? $", {Size(first)}" : "";
        await console.Output.WriteLineAsync($"ready to run on {plan.Node.Device}{catalogue}");
        return ExitCode.Well;
    }

    // A catalogue may be checked anywhere, on a machine that is no load balancer too.
    private static Setting? ServicesAlone(StartRequest request) =>
        request.ConfigFile is null && request.Flags == NodeSettings.Silent && request.Environment.Node() == NodeSettings.Silent ? request.ServicesFile : null;

    private static int CheckServices(Setting file, InvocationConfiguration console)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        CatalogueSpec? spec = StartPlanner.ReadServices(file, errors, warnings);
        if (spec is null) throw new OperatorException(errors.ToImmutable());
        foreach (string warning in warnings) console.Error.WriteLine($"rustyrail: warning: {warning}");
        console.Output.WriteLine($"{file.Text}: {Size(spec)}; this node was not checked, since no interface is named");
        return ExitCode.Well;
    }

    private static string Size(CatalogueSpec spec) => string.Create(
        CultureInfo.InvariantCulture,
        $"services: {spec.Services.Count}, pools: {spec.Pools.Count}, backends: {spec.Pools.Values.Sum(pool => pool.Backends.Count)}");
}

using System.CommandLine;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;
using Serilog.Extensions.Logging;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The control plane itself; what <c>rustyrail</c> does without a command.</summary>
internal static class RunCommand
{
    private static readonly Option<bool> Attach = new("--attach")
    {
        Description = "Never start nor stop the dataplane: it has a service unit of its own, which this waits for",
    };

    public static Command Create()
    {
        Command command = new("run", "Balance: start or adopt the dataplane and keep it told");
        AddTo(command);
        return command;
    }

    public static void AddTo(Command command)
    {
        StartOptions.AddTo(command);
        command.Add(Attach);
        command.SetAction((parsed, _) => RunAsync(StartOptions.Read(parsed) with { Attach = parsed.GetValue(Attach) }));
    }

    private static async Task<int> RunAsync(StartRequest request)
    {
        using StopSignals signals = new();
        try
        {
            StartPlan plan = await StartPlanner.PlanAsync(request, signals.Token);
            using SerilogLoggerFactory loggers = new(Logging.Create(), dispose: true);
            ILogger log = loggers.CreateLogger("rustyrail");
            await using Instance instance = await Instance.StartAsync(plan, loggers, signals.Token);
            foreach (string warning in plan.Warnings) StartLog.Warn(log, warning);
            StartLog.Started(log, plan.Node.Device, plan.Node.Admin.Url?.OriginalString ?? plan.State.AdminSocket);
            await instance.RunAsync(signals.Token);
            StartLog.Stopping(log);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // Stopped while starting: undone already.
        }

        return ExitCode.Well;
    }
}

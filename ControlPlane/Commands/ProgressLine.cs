using System.Globalization;
using RustyRail.ControlPlane.Simulation;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Shows how far long work is: one line that rewrites itself on a terminal, a line now and then elsewhere. Short work shows none.</summary>
internal static class ProgressLine
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200), Elsewhere = TimeSpan.FromSeconds(5);

    public static async Task<T> ShowAsync<T>(Progress progress, TextWriter error, Func<T> work)
    {
        bool terminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        Task<T> running = Task.Run(work);
        using PeriodicTimer timer = new(terminal ? OnTerminal : Elsewhere);
        while (await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask()) != running)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{100.0 * progress.Done / progress.Total:0} % {progress.Step}");
            await error.WriteAsync(terminal ? $"\r{line}\e[K" : $"{line}\n");
        }

        if (terminal) await error.WriteAsync("\r\e[K");
        try
        {
            return await running;
        }
        catch (AggregateException e) when (e.InnerException is OperatorException operators)
        {
            throw operators;
        }
    }
}

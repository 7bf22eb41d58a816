using System.Diagnostics;
using System.Net;
using Netns.Tests.Native;

namespace Netns.Tests.Lab;

/// <summary>One lab, up for one test. Its prefix keeps it apart from labs of other test runs and of people.</summary>
internal sealed class TestBed : IDisposable
{
    private static readonly string _prefix = $"rrt-{Environment.ProcessId}-";
    private static readonly Dictionary<string, string?> _environment = new() { ["LAB_PREFIX"] = _prefix };

    public static readonly IPAddress Vip = IPAddress.Parse("10.1.0.1");

    private TestBed()
    {
    }

    public static string StateDirectory => $"/dev/shm/{_prefix}lab";

    /// <summary>The part of every name that this run's namespaces and directories begin with.</summary>
    public static string Prefix => _prefix;

    public static TestBed Up(params string[] arguments)
    {
        Requirements.SkipUnlessMet();
        AbortedRuns.Remove();
        Lab(["up", .. arguments]).OrFail();
        return new TestBed();
    }

    public static Command Lab(params string[] arguments) => Command.Run(Repository.Lab, arguments, environment: _environment);

    public static Command LabFrom(string directory, params string[] arguments) => Command.Run(Repository.Lab, arguments, directory: directory, environment: _environment);

    /// <summary>A program inside a host, with the host's own state directory.</summary>
    public static Command Exec(string host, params string[] command) => ExecWithInput(host, null, command);

    public static Command ExecWithInput(string host, string? input, params string[] command) =>
        Command.Run(Repository.Lab, ["exec", host, .. command], input, environment: _environment);

    /// <summary>A program that goes on running inside a host; its pid is the process's own. Output goes where the tests' goes.</summary>
    public static Process StartExec(string host, params string[] command)
    {
        var start = new ProcessStartInfo(Repository.Lab, ["exec", host, .. command]);
        start.Environment["LAB_PREFIX"] = _prefix;
        return Process.Start(start)!;
    }

    /// <summary>Runs on a thread of its own inside the host's network; sockets made there stay there.</summary>
    public static T Inside<T>(string host, Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Setns.Enter($"/run/netns/{_prefix}{host}");
                result = action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException($"inside {host}: {failure.Message}", failure);
    }

    /// <summary>The same, in the background.</summary>
    public static Task<T> StartInside<T>(string host, Func<T> action) =>
        Task.Factory.StartNew(() => Inside(host, action), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static string HostFile(string host, string name) => Path.Combine(StateDirectory, host, name);

    /// <summary>Of a process that the lab started, by the name it has there (rustyrail, decap, nginx, gre-router).</summary>
    public static int PidOf(string host, string process) => int.Parse(File.ReadAllText(HostFile(host, $"{process}.pid")).Split(' ')[0]);

    public void Dispose() => Lab("down").OrFail();
}

using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Supervision;

namespace ControlPlane.Tests.Supervision;

/// <summary>With a shell script in the dataplane's place, which writes its pid where the real one would write into the region.</summary>
public sealed class DataplaneSupervisorTests : IDisposable
{
    private const string Device = "eth0";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _stop = new(Bound);
    private TimeSpan _heartbeatAge = TimeSpan.Zero;
    private string _itsDevice = Device;

    public void Dispose()
    {
        _stop.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_dataplane_is_started_in_a_session_of_its_own_and_ended_at_the_end()
    {
        using DataplaneSupervisor supervisor = Supervisor(Works);
        await supervisor.StartAsync(_stop.Token);
        int pid = WrittenPid();

        string[] stat = File.ReadAllText($"/proc/{pid}/stat").Split(' ');
        Assert.Equal(pid, int.Parse(stat[5], CultureInfo.InvariantCulture)); // session
        Assert.Equal("/dev/null", new FileInfo($"/proc/{pid}/fd/0").LinkTarget);
        Assert.Equal(_directory.At("dataplane.log"), new FileInfo($"/proc/{pid}/fd/1").LinkTarget);
        Assert.Equal(_directory.At("dataplane.log"), new FileInfo($"/proc/{pid}/fd/2").LinkTarget);
        Assert.Equal(["0", "1", "2"], Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(fd => Path.GetFileName(fd)!).Order());
        Assert.False(supervisor.IsAdopted);

        await supervisor.StopAsync();
        Assert.False(Directory.Exists($"/proc/{pid}"), "neither a process nor a zombie");
    }

    [Fact]
    public async Task A_dataplane_that_cannot_start_speaks_through_its_log()
    {
        using DataplaneSupervisor supervisor = Supervisor("echo 'rustyrail-dataplane: eth0: XDP is taken by program 7' >&2; exit 2");
        OperatorException refusal = await Assert.ThrowsAsync<OperatorException>(() => supervisor.StartAsync(_stop.Token));

        Assert.Equal("eth0: XDP is taken by program 7", refusal.Message);
        Assert.Equal(2, refusal.ExitCode);
    }

    [Fact]
    public async Task A_dataplane_that_ends_without_a_word_is_reported_with_its_exit_code()
    {
        using DataplaneSupervisor supervisor = Supervisor("exit 3");
        OperatorException refusal = await Assert.ThrowsAsync<OperatorException>(() => supervisor.StartAsync(_stop.Token));

        Assert.Equal("the dataplane ended with exit code 3 without a word", refusal.Message);
    }

    [Fact]
    public async Task A_missing_program_is_named()
    {
        using DataplaneSupervisor supervisor = Supervisor(new DataplaneLaunch("/nowhere/rustyrail-dataplane", [], Device, _directory.At("dataplane.log")));
        OperatorException refusal = await Assert.ThrowsAsync<OperatorException>(() => supervisor.StartAsync(_stop.Token));

        Assert.Equal("/nowhere/rustyrail-dataplane: cannot be started: No such file or directory", refusal.Message);
    }

    [Fact]
    public async Task A_killed_dataplane_is_replaced_and_leaves_no_zombie()
    {
        using DataplaneSupervisor supervisor = Supervisor(Works);
        await supervisor.StartAsync(_stop.Token);
        int first = WrittenPid();
        Task watch = supervisor.WatchAsync(_stop.Token);
        Kill(first);
        int second = await AnotherThanAsync(first);

        Assert.False(Directory.Exists($"/proc/{first}"), "neither a process nor a zombie");
        Assert.True(Directory.Exists($"/proc/{second}"));
        await EndAsync(supervisor, watch);
    }

    [Fact]
    public async Task A_silent_dataplane_is_replaced()
    {
        using DataplaneSupervisor supervisor = Supervisor(Works);
        await supervisor.StartAsync(_stop.Token);
        int first = WrittenPid();
        Task watch = supervisor.WatchAsync(_stop.Token);
        _heartbeatAge = TimeSpan.FromSeconds(6);
        while (Directory.Exists($"/proc/{first}")) await Task.Delay(10, _stop.Token);
        _heartbeatAge = TimeSpan.Zero;

        Assert.NotEqual(first, await AnotherThanAsync(first));
        await EndAsync(supervisor, watch);
    }

    [Fact]
    public async Task A_running_dataplane_is_adopted_and_outlives_its_watcher()
    {
        using DataplaneSupervisor earlier = Supervisor(Works);
        await earlier.StartAsync(_stop.Token);
        int pid = WrittenPid();
        using (DataplaneSupervisor later = Supervisor("exit 1"))
        {
            await later.StartAsync(_stop.Token);
            Assert.True(later.IsAdopted);
        }

        Assert.Equal(pid, WrittenPid());
        Assert.True(Directory.Exists($"/proc/{pid}"));
        await earlier.StopAsync();
    }

    [Fact]
    public async Task A_dataplane_on_another_interface_is_left_alone()
    {
        using DataplaneSupervisor earlier = Supervisor(Works);
        await earlier.StartAsync(_stop.Token);
        _itsDevice = "eth1";
        using DataplaneSupervisor later = Supervisor(Works);
        OperatorException refusal = await Assert.ThrowsAsync<OperatorException>(() => later.StartAsync(_stop.Token));

        Assert.Equal($"eth0: the dataplane of this state directory (pid {WrittenPid()}) serves eth1; choose another --state-dir or stop that one", refusal.Message);
        await earlier.StopAsync();
    }

    private string Works => $"echo $$ > {_directory.At("unfinished")}; mv {_directory.At("unfinished")} {_directory.At("pid")}; exec sleep 60";

    private DataplaneSupervisor Supervisor(string script) => Supervisor(new DataplaneLaunch("/bin/sh", ["-c", script], Device, _directory.At("dataplane.log")));

    private DataplaneSupervisor Supervisor(DataplaneLaunch launch) => new(launch, Signs, TimeProvider.System, NullLogger<DataplaneSupervisor>.Instance);

    // As the region would show it: the lock is held exactly while the process lives.
    private DataplaneSigns Signs()
    {
        int pid = File.Exists(_directory.At("pid")) ? WrittenPid() : 0;
        bool lives = pid != 0 && File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat").Split(' ')[2] != "Z";
        return new DataplaneSigns(lives, pid, 1, _itsDevice, "memory", "", _heartbeatAge);
    }

    private int WrittenPid() => int.Parse(File.ReadAllText(_directory.At("pid")), CultureInfo.InvariantCulture);

    private async Task<int> AnotherThanAsync(int pid)
    {
        while (WrittenPid() == pid) await Task.Delay(10, _stop.Token);
        return WrittenPid();
    }

    private async Task EndAsync(DataplaneSupervisor supervisor, Task watch)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
        await supervisor.StopAsync();
    }

    private static void Kill(int pid)
    {
        using var process = System.Diagnostics.Process.GetProcessById(pid);
        process.Kill();
    }
}

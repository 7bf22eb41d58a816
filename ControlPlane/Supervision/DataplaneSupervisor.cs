using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.Supervision;

/// <summary>
/// Keeps one dataplane alive: adopts the one that runs, starts one where none does, starts another after its death, ends one that hangs.
/// Owner: the run command; its methods are called one after another. Nothing here ends the dataplane when this process dies.
/// </summary>
internal sealed partial class DataplaneSupervisor(DataplaneLaunch launch, Func<DataplaneSigns> signs, TimeProvider time, ILogger<DataplaneSupervisor> log) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HungAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly RestartBackoff _backoff = new();
    private DataplaneProcess? _process;

    /// <summary>The dataplane was running before this supervisor.</summary>
    public bool IsAdopted { get; private set; }

    /// <summary>Returns once packets can flow. The one line of a dataplane that cannot start becomes ours.</summary>
    /// <exception cref="OperatorException">It cannot start; none is left running.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (TryTakeOver()) return;
        _process = launch.Start(time.GetTimestamp());
        if (await BecomesReadyAsync(_process, cancel)) return;

        // A predecessor that was killed may have started one just before: then ours found its place taken.
        if (_process.HasEnded && TryTakeOver()) return;
        string line = _process.HasEnded ? _process.Epitaph() : $"{launch.Device}: the dataplane did not begin to work within {StartLimit.TotalSeconds:0} s";
        await StopAsync();
        throw new OperatorException(line);
    }

    /// <summary>Watches until cancelled; the dataplane goes on then.</summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(Tick, time, cancel);
            if (_process is { HasEnded: false } alive)
            {
                EndIfHung(alive);
                continue;
            }

            await RestartAsync(cancel);
        }
    }

    /// <summary>Asks it to end, which detaches it from the interface; insists after a while.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        process.Terminate();
        if (!await EndsAsync(process, StopLimit))
        {
            Insists(process.Pid, StopLimit.TotalSeconds);
            process.Kill();
            await EndsAsync(process, StopLimit);
        }

        process.Dispose();
        _process = null;
    }

    public void Dispose() => _process?.Dispose();

    private bool TryTakeOver()
    {
        if (Adopt() is not { } running) return false;
        _process?.Dispose();
        (_process, IsAdopted) = (running, true);
        Adopted(running.Pid, launch.Device);
        return true;
    }

    private async Task RestartAsync(CancellationToken cancel)
    {
        if (_process is { } dead)
        {
            Died(dead.Pid, dead.Ending());
            TimeSpan wait = _backoff.After(time.GetElapsedTime(dead.Since));
            dead.Dispose();
            _process = null;
            await Task.Delay(wait, time, cancel);
        }

        _process = Adopt() ?? launch.Start(time.GetTimestamp());
        if (await BecomesReadyAsync(_process, cancel)) Restarted(_process.Pid, time.GetElapsedTime(_process.Since).TotalMilliseconds);
        else if (_process.HasEnded) StartFailed(_process.Epitaph());
        else _process.Kill();
    }

    // A dataplane that an earlier control plane started, perhaps a moment before it died.
    private DataplaneProcess? Adopt()
    {
        DataplaneSigns now = signs();
        if (!now.Held || now.Pid == 0) return null;
        if (now.Device != launch.Device)
        {
            throw new OperatorException($"{launch.Device}: the dataplane of this state directory (pid {now.Pid}) serves {now.Device}; choose another --state-dir or stop that one");
        }

        var words = new DataplaneLog(launch.LogPath);
        return PidFd.TryOpen(now.Pid) is { } process ? new DataplaneProcess(process, time.GetTimestamp(), words, words.Length) : null;
    }

    private async Task<bool> BecomesReadyAsync(DataplaneProcess process, CancellationToken cancel)
    {
        long since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < StartLimit && !process.HasEnded)
        {
            DataplaneSigns now = signs();
            if (now.IsFresh && now.Pid == process.Pid) return true;
            await Task.Delay(Tick, time, cancel);
        }

        return false;
    }

    private async Task<bool> EndsAsync(DataplaneProcess process, TimeSpan patience)
    {
        long since = time.GetTimestamp();
        while (!process.HasEnded && time.GetElapsedTime(since) < patience) await Task.Delay(Tick, time);
        return process.HasEnded;
    }

    private void EndIfHung(DataplaneProcess process)
    {
        DataplaneSigns now = signs();
        bool silent = now.Held ? now.HeartbeatAge > HungAge : time.GetElapsedTime(process.Since) > StartLimit;
        if (!silent) return;
        Hung(process.Pid, HungAge.TotalSeconds);
        process.Kill();
    }

    [LoggerMessage(LogLevel.Information, "Re-attached to the running dataplane, pid {Pid}, on {Device}")]
    private partial void Adopted(int pid, string device);

    [LoggerMessage(LogLevel.Error, "The dataplane, pid {Pid}, {Ending}: starting another")]
    private partial void Died(int pid, string ending);

    [LoggerMessage(LogLevel.Information, "The dataplane works again, pid {Pid}, {Milliseconds:0} ms after its start")]
    private partial void Restarted(int pid, double milliseconds);

    [LoggerMessage(LogLevel.Error, "The dataplane cannot start: {Reason}")]
    private partial void StartFailed(string reason);

    [LoggerMessage(LogLevel.Error, "The dataplane, pid {Pid}, has shown no sign of life for {Seconds:0} s: ending it")]
    private partial void Hung(int pid, double seconds);

    [LoggerMessage(LogLevel.Warning, "The dataplane, pid {Pid}, did not stop within {Seconds:0} s: ending it")]
    private partial void Insists(int pid, double seconds);
}

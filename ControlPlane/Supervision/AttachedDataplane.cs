namespace RustyRail.ControlPlane.Supervision;

/// <summary>A dataplane that has a service unit of its own: watched and reported, never started nor ended.</summary>
internal sealed partial class AttachedDataplane(string device, Func<DataplaneSigns> signs, TimeProvider time, ILogger<AttachedDataplane> log)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    public async Task WatchAsync(CancellationToken cancel)
    {
        int? seen = null;
        while (true)
        {
            DataplaneSigns now = signs();
            int current = now.IsFresh ? now.Pid : 0;
            if (current != seen) Report(current, now.Device);
            seen = current;
            await Task.Delay(Tick, time, cancel);
        }
    }

    private void Report(int pid, string itsDevice)
    {
        if (pid == 0) Waiting(device);
        else if (itsDevice != device) Differs(pid, itsDevice, device);
        else Attached(pid, device);
    }

    [LoggerMessage(LogLevel.Warning, "No dataplane works on {Device}: waiting for one to be started")]
    private partial void Waiting(string device);

    [LoggerMessage(LogLevel.Information, "Attached to the dataplane, pid {Pid}, on {Device}")]
    private partial void Attached(int pid, string device);

    [LoggerMessage(LogLevel.Error, "The dataplane of this state directory, pid {Pid}, serves {ItsDevice}, not {Device}")]
    private partial void Differs(int pid, string itsDevice, string device);
}

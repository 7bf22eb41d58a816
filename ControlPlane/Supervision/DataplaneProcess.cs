using System.Globalization;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.Supervision;

/// <summary>One life of the dataplane's program, started by us or by an earlier control plane.</summary>
internal sealed class DataplaneProcess(PidFd process, long since, DataplaneLog log, long logOffset) : IDisposable
{
    private const int SignalMask = 0x7f;
    private int? _status;
    private bool _reaped;

    public int Pid => process.Pid;

    /// <summary>When it was started, or found, as a timestamp: a clock that is set meanwhile must not make it seem to hang.</summary>
    public long Since => since;

    /// <summary>True once; afterwards it leaves no zombie.</summary>
    public bool HasEnded
    {
        get
        {
            if (!_reaped && process.HasEnded)
            {
                _status = process.TryReap();
                _reaped = true;
            }

            return _reaped;
        }
    }

    public void Terminate() => process.Terminate();

    public void Kill() => process.Kill();

    /// <summary>Its last words, without the program's own name in front; else how it ended.</summary>
    public string Epitaph()
    {
        string? line = log.LastLineSince(logOffset);
        string prefix = DataplaneProgram.Name + ": ";
        if (line is not null) return line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : line;
        return $"the dataplane {Ending()} without a word";
    }

    /// <summary>"ended with exit code 2", "was ended by signal 9", or "ended" when the status went to somebody else.</summary>
    public string Ending() => _status switch
    {
        null => "ended",
        int status when (status & SignalMask) == 0 => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {status >> 8 & 0xff}"),
        int status => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {status & SignalMask}"),
    };

    public void Dispose() => process.Dispose();
}

namespace RustyRail.Dataplane.Native;

/// <summary>A system call that failed outside the packet path. The message is one line: the call, what it was for, the reason.</summary>
internal sealed class NativeException : Exception
{
    public NativeException(string call, int errno)
        : base($"{call}: {Native.Errno.Explain(errno)}")
    {
        Call = call;
        Errno = errno;
    }

    public string Call { get; }

    public int Errno { get; }

    /// <summary>Reads errno, so it must be the first thing after the failed call.</summary>
    public static NativeException Last(string call) => new(call, Native.Errno.Last);
}

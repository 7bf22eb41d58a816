using Microsoft.Win32.SafeHandles;

namespace RustyRail.Dataplane.Native;

/// <summary>
/// A file descriptor that closes once. Calls take <see cref="Number"/>, so whoever calls must hold the SafeFd in a field
/// for as long as the call may last.
/// </summary>
internal sealed class SafeFd : SafeHandleMinusOneIsInvalid
{
    private SafeFd(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    public int Number => (int)handle;

    /// <summary>Takes what a call returned; -1 becomes a <see cref="NativeException"/> that names the call.</summary>
    public static SafeFd Take(int result, string call) => result >= 0 ? new SafeFd(result) : throw NativeException.Last(call);

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}

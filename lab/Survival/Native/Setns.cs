using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RustyRail.Lab.Survival.Native;

internal static partial class Setns
{
    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>Moves the calling thread; sockets it makes from now on belong to that namespace.</summary>
    public static void Enter(string namespaceFile)
    {
        using SafeFileHandle file = File.OpenHandle(namespaceFile);
        if (setns(file, CLONE_NEWNET) != 0) throw new IOException($"setns {namespaceFile}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle file, int kind);
}

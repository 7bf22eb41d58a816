using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ControlPlane.Tests.Native;

internal static partial class Setns
{
    private const int CLONE_NEWNET = 0x40000000;

    /// <summary>Runs on a thread of its own inside the namespace; the sockets that it makes stay there.</summary>
    public static T Within<T>(string name, Func<T> make)
    {
        T made = default!;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using SafeFileHandle file = File.OpenHandle($"/run/netns/{name}");
                if (setns(file, CLONE_NEWNET) != 0) throw new IOException($"setns {name}: {Marshal.GetLastPInvokeErrorMessage()}");
                made = make();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? made : throw failure;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle file, int kind);
}

using System.Runtime.InteropServices;

namespace Dataplane.Tests.Ports;

/// <summary>Capabilities belong to the thread: run in a namespace's own, only that one loses them, and it ends with the test.</summary>
internal static partial class Capabilities
{
    public static unsafe void Drop()
    {
        uint* header = stackalloc uint[2] { 0x20080522, 0 };
        uint* none = stackalloc uint[6] { 0, 0, 0, 0, 0, 0 };
        Assert.Equal(0, capset(header, none));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int capset(uint* header, uint* data);
}

using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.Native;

internal static unsafe partial class FileSystemLibc
{
    internal const long TMPFS_MAGIC = 0x01021994;

    // struct statfs is 120 bytes on x86-64 and begins with f_type.
    internal const int SIZEOF_STATFS = 120;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statfs(string path, byte* buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);
}

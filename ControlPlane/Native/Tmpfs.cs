namespace RustyRail.ControlPlane.Native;

internal static unsafe class Tmpfs
{
    /// <summary>Whether the directory is on tmpfs, or would be once it is made.</summary>
    public static bool Holds(string directory)
    {
        string? nearest = Path.GetFullPath(directory);
        while (nearest is not null && !Directory.Exists(nearest))
        {
            nearest = Path.GetDirectoryName(nearest);
        }

        byte* buffer = stackalloc byte[FileSystemLibc.SIZEOF_STATFS];
        return FileSystemLibc.statfs(nearest ?? "/", buffer) == 0 && *(long*)buffer == FileSystemLibc.TMPFS_MAGIC;
    }
}

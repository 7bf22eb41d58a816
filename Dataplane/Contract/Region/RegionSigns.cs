using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RustyRail.Contract.Native;

namespace RustyRail.Contract.Region;

/// <summary>
/// What can be told of a region whatever program made it: in every layout the roles are locked bytes of the file, and the header's identity and the
/// control plane's pid stay where they are.
/// </summary>
/// <param name="ControlPid">Of the latest control plane, alive or not.</param>
internal readonly record struct RegionSigns(uint LayoutVersion, int ControlPid, bool HasControlPlane, bool HasDataplane)
{
    /// <summary>Made by a program of another version, and nobody forwards by it: nobody can go on with it either.</summary>
    public bool IsAbandoned => LayoutVersion != RegionLayout.Version && !HasControlPlane && !HasDataplane;

    /// <summary>Null: there is none at that path.</summary>
    public static unsafe RegionSigns? Read(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RegionHeader header = default;
            int read = RandomAccess.Read(file, MemoryMarshal.AsBytes(new Span<RegionHeader>(ref header)), 0);
            if (read < sizeof(RegionHeader) || header.Magic != RegionLayout.Magic) return null;
            return new RegionSigns(header.LayoutVersion, header.ControlPid, IsHeld(file, RegionRole.ControlPlane), IsHeld(file, RegionRole.Dataplane));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>True while another open file holds the role.</summary>
    public static bool IsHeld(SafeFileHandle file, RegionRole role)
    {
        Libc.Flock asked = new() { l_type = Libc.F_WRLCK, l_start = (long)role, l_len = 1 };
        return Libc.fcntl(file, Libc.F_OFD_GETLK, ref asked) == 0 && asked.l_type != Libc.F_UNLCK;
    }
}

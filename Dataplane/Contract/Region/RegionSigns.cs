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
    /// <summary>Nobody works by it.</summary>
    public bool IsAbandoned => !HasControlPlane && !HasDataplane;

    /// <summary>It can be opened.</summary>
    public bool IsOfThisVersion => LayoutVersion == RegionLayout.Version;

    /// <summary>Of this version: how many workers it was made for. Of another: nothing.</summary>
    public int Workers { get; init; }

    /// <summary>Of this version: the latest dataplane, alive or not.</summary>
    public int DataplanePid { get; init; }

    /// <summary>Null: there is none at that path.</summary>
    public static unsafe RegionSigns? Read(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RegionHeader header = default;
            int read = RandomAccess.Read(file, MemoryMarshal.AsBytes(new Span<RegionHeader>(ref header)), 0);
            if (read < sizeof(RegionHeader) || header.Magic != RegionLayout.Magic) return null;
            return new RegionSigns(header.LayoutVersion, header.ControlPid, IsHeld(file, RegionRole.ControlPlane), IsHeld(file, RegionRole.Dataplane))
            {
                Workers = header.Workers,
                DataplanePid = header.Dataplane.Pid,
            };
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

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RustyRail.Contract.Native;

namespace RustyRail.Contract.Region;

/// <summary>
/// The file on tmpfs that both programs map. Made whole under a temporary name and renamed, so nobody ever opens half of one.
/// Owner of the mapping: whoever opened it; close it after the last thread that uses its pointers has ended.
/// </summary>
internal sealed unsafe class RegionFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private byte* _start;

    private RegionFile(string path, SafeFileHandle file, byte* start, RegionCapacities capacities)
    {
        Path = path;
        _file = file;
        _start = start;
        Capacities = capacities;
        Layout = new RegionLayout(capacities);
    }

    public string Path { get; }
    public RegionCapacities Capacities { get; }
    public RegionLayout Layout { get; }
    public byte* Start => _start;
    public RegionHeader* Header => (RegionHeader*)_start;

    /// <summary>Monotonic milliseconds, the same clock in every process of this machine.</summary>
    public static long Now => Environment.TickCount64;

    /// <summary>Makes a region. All but the table arena is reserved at once, so that a full tmpfs is an error here and not a SIGBUS later.</summary>
    /// <exception cref="RegionException">Not on tmpfs, no room, no permission.</exception>
    public static RegionFile Create(string path, RegionCapacities capacities)
    {
        string directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        if (!Directory.Exists(directory)) throw new RegionException($"{directory}: no such directory");
        if (!IsTmpfs(directory)) throw new RegionException($"{directory}: the state directory must be on tmpfs (a disk would stall the packet path)");
        string unfinished = $"{path}.{Environment.ProcessId}.new";
        try
        {
            RegionFile region = Fill(path, OpenHandle(unfinished, FileMode.Create, path), capacities);
            File.Move(unfinished, path, overwrite: true);
            return region;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>A region without a name, for one process: replay, bench, tests.</summary>
    public static RegionFile CreateAnonymous(RegionCapacities capacities)
    {
        const string Name = "anonymous region";
        int descriptor = Libc.memfd_create("rustyrail", 0);
        if (descriptor < 0) throw new RegionException($"{Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        return Fill(Name, new SafeFileHandle(descriptor, ownsHandle: true), capacities);
    }

    private static RegionFile Fill(string path, SafeFileHandle file, RegionCapacities capacities)
    {
        try
        {
            if (capacities.Problem() is { } problem) throw new RegionException($"{path}: capacity of {problem}");
            RegionLayout layout = new(capacities);
            RandomAccess.SetLength(file, layout.TotalBytes);
            Reserve(file, path, 0, layout.TableArena);
            byte* start = Map(file, path, layout.TotalBytes);
            WriteIdentity((RegionHeader*)start, capacities, layout);
            return new RegionFile(path, file, start, capacities);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="RegionException">Missing, not a region, or of another layout version.</exception>
    public static RegionFile Open(string path)
    {
        SafeFileHandle file = OpenHandle(path, FileMode.Open, path);
        try
        {
            RegionHeader header = default;
            int read = RandomAccess.Read(file, MemoryMarshal.AsBytes(new Span<RegionHeader>(ref header)), 0);
            if (read < sizeof(RegionHeader) || header.Magic != RegionLayout.Magic) throw new RegionException($"{path}: not a RustyRail region");
            if (header.LayoutVersion != RegionLayout.Version)
            {
                throw new RegionException($"{path}: region layout {header.LayoutVersion}, this program speaks {RegionLayout.Version}: stop the other version's rustyrail-dataplane and remove the file");
            }

            RegionCapacities capacities = CapacitiesOf(header);
            if (capacities.Problem() != null || header.TotalBytes != RandomAccess.GetLength(file) || new RegionLayout(capacities).TotalBytes != header.TotalBytes)
            {
                throw new RegionException($"{path}: the region's size does not fit its capacities; remove the file");
            }

            return new RegionFile(path, file, Map(file, path, header.TotalBytes), capacities);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static bool IsTmpfs(string directory)
    {
        byte* buffer = stackalloc byte[256];
        return Libc.statfs(directory, buffer) == 0 && *(long*)buffer == Libc.TMPFS_MAGIC;
    }

    /// <summary>Takes memory for a piece of the table arena before it is written.</summary>
    /// <exception cref="RegionException">tmpfs is full.</exception>
    public void Reserve(long offset, long bytes) => Reserve(_file, Path, offset, bytes);

    /// <summary>Maps the reserved pages now, which else the first packet of each would wait for. An older kernel leaves it at that.</summary>
    public void Populate() => _ = Libc.madvise((nint)_start, (nuint)Layout.TableArena, Libc.MADV_POPULATE_WRITE);

    /// <summary>Claims a role for as long as this object lives; the kernel lets go when the process dies. False: someone else has it.</summary>
    public bool TryLock(RegionRole role)
    {
        Libc.Flock wanted = new() { l_type = Libc.F_WRLCK, l_start = (long)role, l_len = 1 };
        return Libc.fcntl(_file, Libc.F_OFD_SETLK, ref wanted) == 0;
    }

    /// <summary>True while another open file holds the role: the truth about who is alive.</summary>
    public bool IsHeld(RegionRole role) => RegionSigns.IsHeld(_file, role);

    public void Dispose()
    {
        if (_start == null) return;
        Libc.munmap((nint)_start, (nuint)Layout.TotalBytes);
        _start = null;
        _file.Dispose();
    }

    private static SafeFileHandle OpenHandle(string opened, FileMode mode, string named)
    {
        try
        {
            return File.OpenHandle(opened, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RegionException($"{named}: {e.Message}");
        }
    }

    private static void Reserve(SafeFileHandle file, string path, long offset, long bytes)
    {
        int error;
        // The runtime's own signals interrupt a long reservation, and tmpfs does not go on by itself.
        do
        {
            if (Libc.fallocate(file, 0, (nint)offset, (nint)bytes) == 0) return;
            error = Marshal.GetLastPInvokeError();
        }
        while (error == Libc.EINTR);
        string reason = error == Libc.ENOSPC ? "tmpfs is full" : Marshal.GetPInvokeErrorMessage(error);
        throw new RegionException($"{path}: cannot reserve {bytes >> 10} KiB: {reason}");
    }

    private static byte* Map(SafeFileHandle file, string path, long bytes)
    {
        nint start = Libc.mmap(0, (nuint)bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, file, 0);
        if (start == Libc.MAP_FAILED) throw new RegionException($"{path}: cannot map {bytes >> 20} MiB: {Marshal.GetLastPInvokeErrorMessage()}");
        return (byte*)start;
    }

    private static void WriteIdentity(RegionHeader* header, RegionCapacities capacities, RegionLayout layout)
    {
        header->Magic = RegionLayout.Magic;
        header->LayoutVersion = RegionLayout.Version;
        header->TotalBytes = layout.TotalBytes;
        header->Services = capacities.Services;
        header->Pools = capacities.Pools;
        header->Backends = capacities.Backends;
        header->Workers = capacities.Workers;
        header->FlowsPerWorker = capacities.FlowsPerWorker;
        header->Ipv6FlowsPerWorker = capacities.Ipv6FlowsPerWorker;
        header->Exceptions = capacities.Exceptions;
        header->SamplesPerWorker = capacities.SamplesPerWorker;
        header->Routers = capacities.Routers;
        header->TableArenaBytes = capacities.TableArenaBytes;
    }

    private static RegionCapacities CapacitiesOf(in RegionHeader header) => new()
    {
        Services = header.Services,
        Pools = header.Pools,
        Backends = header.Backends,
        Workers = header.Workers,
        FlowsPerWorker = header.FlowsPerWorker,
        Ipv6FlowsPerWorker = header.Ipv6FlowsPerWorker,
        Exceptions = header.Exceptions,
        SamplesPerWorker = header.SamplesPerWorker,
        Routers = header.Routers,
        TableArenaBytes = header.TableArenaBytes,
    };
}

/// <summary>Who may write what; the number is the locked byte of the file.</summary>
internal enum RegionRole { ControlPlane = 0, Dataplane = 1 }

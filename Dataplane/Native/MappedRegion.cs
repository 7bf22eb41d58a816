using Microsoft.Win32.SafeHandles;

namespace RustyRail.Dataplane.Native;

/// <summary>Mapped memory that unmaps once. The owner keeps it alive while any pointer into it is used.</summary>
internal sealed unsafe class MappedRegion : SafeHandleMinusOneIsInvalid
{
    private MappedRegion(void* address, nuint lengthBytes)
        : base(ownsHandle: true)
    {
        SetHandle((nint)address);
        LengthBytes = lengthBytes;
    }

    public nuint LengthBytes { get; }

    public byte* Pointer => (byte*)handle;

    /// <summary>Shared mapping of a file or device, with its pages present before the first access.</summary>
    public static MappedRegion Map(SafeFd fd, nuint lengthBytes, long offset, string what) =>
        Map(lengthBytes, Libc.MAP_SHARED | Libc.MAP_POPULATE, fd.Number, (nint)offset, what);

    /// <summary>The same, with pages that come as they are touched: for a device's memory of which only a part will be.</summary>
    public static MappedRegion MapLazily(SafeFd fd, nuint lengthBytes, string what) => Map(lengthBytes, Libc.MAP_SHARED, fd.Number, 0, what);

    /// <summary>Zeroed private memory, page-aligned and present.</summary>
    public static MappedRegion Anonymous(nuint lengthBytes, string what) =>
        Map(lengthBytes, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_POPULATE, -1, 0, what);

    private static MappedRegion Map(nuint lengthBytes, int flags, int fd, nint offset, string what)
    {
        void* address = Libc.mmap(null, lengthBytes, Libc.PROT_READ | Libc.PROT_WRITE, flags, fd, offset);
        return (nint)address != -1 ? new MappedRegion(address, lengthBytes) : throw NativeException.Last($"mmap of {what} ({lengthBytes} bytes)");
    }

    protected override bool ReleaseHandle() => Libc.munmap((void*)handle, LengthBytes) == 0;
}

using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>
/// The frame memory that kernel and worker share, and the chunks that are nobody's at the moment. Most recently used first: in quiet times
/// few chunks circulate and stay in the cache. A chunk is in exactly one place: free, fill ring, receive ring, worker, transmit or
/// completion ring. Owner: the worker thread.
/// </summary>
internal sealed unsafe class Umem : IDisposable
{
    /// <summary>The least that the kernel allows, enough for the usual MTU; and a page, the most that it allows.</summary>
    public const int SmallChunkBytes = 2048, LargeChunkBytes = 4096;

    /// <summary>Asked for on top of the kernel's own, which is the worker's too once the frame is received: 384 bytes to encapsulate into.</summary>
    public const int ExtraHeadroomBytes = 128;

    public const int HeadroomBytes = XdpAbi.XDP_PACKET_HEADROOM + ExtraHeadroomBytes;

    private readonly MappedRegion _region;
    private readonly ulong _mask;
    private readonly ulong[] _free;
    private int _freeCount;

    /// <param name="chunkBytes">One of the two.</param>
    public Umem(int chunks, int chunkBytes)
    {
        ChunkBytes = chunkBytes;
        _mask = (ulong)chunkBytes - 1;
        _region = MappedRegion.Anonymous((nuint)chunks * (nuint)chunkBytes, "AF_XDP frame memory");
        Base = _region.Pointer;
        _free = new ulong[chunks];
        for (int i = 0; i < chunks; i++) _free[i] = (ulong)(chunks - 1 - i) * (ulong)chunkBytes;
        _freeCount = chunks;
    }

    public byte* Base { get; }

    public int ChunkBytes { get; }

    public int FreeCount => _freeCount;

    /// <summary>The longest frame that is received; the kernel drops longer ones.</summary>
    public static int MaxFrameBytesOf(int chunkBytes) => chunkBytes - HeadroomBytes;

    public void Register(SafeFd socket)
    {
        xdp_umem_reg registration = new() { addr = (ulong)Base, len = _region.LengthBytes, chunk_size = (uint)ChunkBytes, headroom = ExtraHeadroomBytes };
        if (Libc.setsockopt(socket.Number, XdpAbi.SOL_XDP, XdpAbi.XDP_UMEM_REG, &registration, (uint)sizeof(xdp_umem_reg)) < 0)
            throw NativeException.Last("setsockopt(XDP_UMEM_REG)");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Take() => _free[--_freeCount];

    /// <summary>Any address within the chunk will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(ulong address) => _free[_freeCount++] = address & ~_mask;

    /// <summary>Only after the socket is closed: until then the kernel writes here.</summary>
    public void Dispose() => _region.Dispose();
}

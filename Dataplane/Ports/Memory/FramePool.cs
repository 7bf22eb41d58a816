using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>
/// Equal buffers outside the garbage collector's heap, handed out most recently used first, so that few of them stay in the cache.
/// </summary>
internal sealed unsafe class FramePool : IDisposable
{
    private readonly MappedRegion _region;
    private readonly byte* _buffers;
    private readonly int[] _freeBuffers;
    private readonly int* _free;
    private readonly int _bufferBytes;
    private readonly int _headroom;

    public FramePool(int buffers, int headroom, int bufferBytes)
    {
        _region = MappedRegion.Anonymous((nuint)buffers * (nuint)bufferBytes, "frame buffers");
        _buffers = _region.Pointer;
        _bufferBytes = bufferBytes;
        _headroom = headroom;
        _freeBuffers = GC.AllocateArray<int>(buffers, pinned: true);
        for (int i = 0; i < buffers; i++) _freeBuffers[i] = buffers - 1 - i;
        _free = (int*)Unsafe.AsPointer(ref _freeBuffers[0]);
        FreeCount = buffers;
    }

    public int FreeCount { get; private set; }

    public int MaxFrameBytes => _bufferBytes - _headroom;

    /// <summary>The slot's cookie is the buffer's number.</summary>
    public PacketSlot Take(ReadOnlySpan<byte> frame)
    {
        PacketSlot slot;
        fixed (byte* bytes = frame) Take(&slot, bytes, frame.Length);
        return slot;
    }

    /// <summary>There is a free buffer, and the frame is no longer than one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(PacketSlot* slot, byte* frame, int length)
    {
        int buffer = _free[--FreeCount];
        byte* data = _buffers + ((nint)buffer * _bufferBytes) + _headroom;
        Copy(frame, data, length);
        slot->Data = data;
        slot->Length = length;
        slot->Headroom = _headroom;
        slot->Tailroom = _bufferBytes - _headroom - length;
        slot->TunnelBytes = 0;
        slot->Cookie = (ulong)buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(in PacketSlot slot) => _free[FreeCount++] = (int)slot.Cookie;

    public void Dispose() => _region.Dispose();

    /// <summary>Small frames in a few wide moves, the last of which ends where the frame does; to call for that costs more than to do it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to, int length)
    {
        const int Wide = 32, Small = 256;
        if (length is < Wide or > Small)
        {
            Buffer.MemoryCopy(from, to, length, length);
            return;
        }

        int last = length - Wide;
        for (int at = 0; at < last; at += Wide) Vector256.Load(from + at).Store(to + at);
        Vector256.Load(from + last).Store(to + last);
    }
}

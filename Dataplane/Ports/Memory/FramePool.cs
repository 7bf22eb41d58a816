using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>
/// Equal buffers outside the garbage collector's heap, handed out most recently used first, so that few of them stay in the cache.
/// </summary>
internal sealed unsafe class FramePool : IDisposable
{
    private readonly MappedRegion _region;
    private readonly int[] _free;
    private readonly int _bufferBytes;
    private readonly int _headroom;
    private int _freeCount;

    public FramePool(int buffers, int headroom, int bufferBytes)
    {
        _region = MappedRegion.Anonymous((nuint)buffers * (nuint)bufferBytes, "frame buffers");
        _bufferBytes = bufferBytes;
        _headroom = headroom;
        _free = new int[buffers];
        for (int i = 0; i < buffers; i++) _free[i] = buffers - 1 - i;
        _freeCount = buffers;
    }

    public int FreeCount => _freeCount;

    public int MaxFrameBytes => _bufferBytes - _headroom;

    /// <summary>The slot's cookie is the buffer's number.</summary>
    public PacketSlot Take(ReadOnlySpan<byte> frame)
    {
        int buffer = _free[--_freeCount];
        byte* data = _region.Pointer + ((nint)buffer * _bufferBytes) + _headroom;
        frame.CopyTo(new Span<byte>(data, frame.Length));
        return new PacketSlot { Data = data, Length = frame.Length, Headroom = _headroom, Tailroom = MaxFrameBytes - frame.Length, Cookie = (ulong)buffer };
    }

    public void Give(in PacketSlot slot) => _free[_freeCount++] = (int)slot.Cookie;

    public void Dispose() => _region.Dispose();
}

using RustyRail.Dataplane.Ports;
using RustyRail.Tests.Support.Native;

namespace RustyRail.Tests.Support.Ports;

/// <summary>
/// Frame buffers that end at an unmapped page: reading or writing one byte past the frame is a crash instead of luck. The bytes before
/// the stated headroom hold a pattern that <see cref="IsIntact"/> checks.
/// </summary>
internal sealed unsafe class GuardedBuffers : IDisposable
{
    public const int MaxFrameBytes = 3 * PageBytes;

    private const int PageBytes = 4096, PagesEach = 5;
    private const byte Pattern = 0xA5;

    private readonly byte* _start;
    private readonly int _count;

    public GuardedBuffers(int count)
    {
        _count = count;
        nint memory = Libc.mmap(0, (nuint)(count * PagesEach * PageBytes), Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (memory == -1) throw new InvalidOperationException("mmap failed");
        _start = (byte*)memory;
        for (int i = 0; i < count; i++)
        {
            if (Libc.mprotect((nint)End(i), PageBytes, Libc.PROT_NONE) != 0) throw new InvalidOperationException("mprotect failed");
        }
    }

    /// <param name="headroom">As stated to the worker; there is more, filled with the pattern.</param>
    /// <param name="tailroom">Between the frame and the unmapped page; where there is any, reading it is not noticed.</param>
    public PacketSlot Place(int buffer, ReadOnlySpan<byte> frame, int headroom, int tailroom = 0)
    {
        byte* data = End(buffer) - tailroom - frame.Length;
        Patterned(data, headroom).Fill(Pattern);
        frame.CopyTo(new Span<byte>(data, frame.Length));
        return new PacketSlot { Data = data, Length = frame.Length, Headroom = headroom, Tailroom = tailroom, Cookie = (ulong)buffer };
    }

    /// <summary>True if nothing was written before the headroom that <see cref="Place"/> stated.</summary>
    public bool IsIntact(int buffer, int frameLength, int headroom, int tailroom = 0) =>
        Patterned(End(buffer) - tailroom - frameLength, headroom).IndexOfAnyExcept(Pattern) < 0;

    public void Dispose() => _ = Libc.munmap((nint)_start, (nuint)(_count * PagesEach * PageBytes));

    // The last page of each buffer is the guard.
    private byte* End(int buffer) => _start + ((((long)buffer + 1) * PagesEach - 1) * PageBytes);

    private static Span<byte> Patterned(byte* data, int headroom) => new(data - headroom - 64, 64);
}

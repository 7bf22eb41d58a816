using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>
/// The way of the host's frames from a worker that has no host rings to the one that has them: copies, in order, since such frames are few. One thread at each
/// end; neither waits.
/// </summary>
/// <param name="first">Wakes the worker that has the host rings.</param>
internal sealed unsafe class HostLane(WakeEvent first) : IDisposable
{
    public const int Capacity = 128;

    /// <summary>The largest buffer that netmap has by default, and with it any frame of a usual MTU.</summary>
    private const int FrameBytes = 2048;

    private readonly MappedRegion _memory = MappedRegion.Anonymous((nuint)(sizeof(LaneCursors) + (Capacity * (sizeof(int) + FrameBytes))), "a host lane");

    private LaneCursors* Cursors => (LaneCursors*)_memory.Pointer;

    public bool HasFrames => Volatile.Read(ref Cursors->Put) != Cursors->Taken;

    /// <summary>The frame without so many bytes at its beginning. False: no room, or it is too long.</summary>
    public bool TryPut(in PacketSlot slot, int skipped)
    {
        long put = Cursors->Put;
        int length = slot.Length - skipped;
        if (put - Volatile.Read(ref Cursors->Taken) == Capacity || length > FrameBytes) return false;
        *LengthAt(put) = length;
        new ReadOnlySpan<byte>(slot.Data + skipped, length).CopyTo(new Span<byte>(LengthAt(put) + 1, FrameBytes));
        Volatile.Write(ref Cursors->Put, put + 1);
        first.SetIfAsleep();
        return true;
    }

    /// <summary>Moves frames into the host's ring until there are none or it is full.</summary>
    public void Empty(NetmapRing toHost)
    {
        for (; HasFrames; Volatile.Write(ref Cursors->Taken, Cursors->Taken + 1))
        {
            int* length = LengthAt(Cursors->Taken);
            if (!toHost.TryCopy(new ReadOnlySpan<byte>(length + 1, *length))) return;
        }
    }

    public void Dispose() => _memory.Dispose();

    private int* LengthAt(long position) => (int*)(_memory.Pointer + sizeof(LaneCursors) + (position % Capacity * (sizeof(int) + FrameBytes)));

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LaneCursors
    {
        [FieldOffset(0)] public long Put;
        [FieldOffset(128)] public long Taken;
    }
}

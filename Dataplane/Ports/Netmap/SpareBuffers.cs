using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>Buffers that are in no ring, most recently used first. There are as many as frames may be away at once. Owner: the worker thread.</summary>
internal sealed class SpareBuffers(uint[] buffers)
{
    private readonly uint[] _buffers = buffers;

    public int Count { get; private set; } = buffers.Length;

    /// <summary>How many there are when no frame is away.</summary>
    public int Total => _buffers.Length;

    public ReadOnlySpan<uint> Free => _buffers.AsSpan(0, Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take() => _buffers[--Count];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Give(uint buffer) => _buffers[Count++] = buffer;
}

using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// What the <see cref="Classifier"/> said of the last few (destination, protocol, port): packets come in runs for few services.
/// A direct-mapped memory of one snapshot; a collision only asks again. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class KnownServices
{
    private const int Entries = 64, IndexShift = 58;

    private readonly Entry[] _entries = GC.AllocateArray<Entry>(Entries, pinned: true);
    private readonly Entry* _first;

    public KnownServices() => _first = (Entry*)Unsafe.AsPointer(ref _entries[0]);

    public void Forget() => Array.Clear(_entries);

    /// <summary>Where the answer for these is or goes. Protocol 0, which a cleared entry seems to be about, is never asked for.</summary>
    /// <param name="addresses">Destination in the high half, packet order.</param>
    /// <param name="ports">Destination port in the high half, packet order.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Entry* At(ulong addresses, uint ports, byte protocol, bool fromRouter, out ulong match)
    {
        match = (addresses >> 32) | ((ulong)(ports >> 16) << 32) | ((ulong)protocol << 48) | (fromRouter ? 1UL << 56 : 0);
        return _first + ((match * 0x9E37_79B9_7F4A_7C15) >> IndexShift);
    }

    internal struct Entry
    {
        public ulong Match;

        /// <summary>Slot, or <see cref="Classifier.None"/>.</summary>
        public int Service;
        public bool IsFiveTuple;
    }
}

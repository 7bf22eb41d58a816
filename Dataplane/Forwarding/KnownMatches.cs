using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// What was found for the last few (destination, protocol, port, router): packets come in runs for few services. Direct-mapped, of one
/// snapshot; a collision only means to look again. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class KnownMatches
{
    private const int Entries = 256, EntryShift = 56;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry[] _entries = GC.AllocateArray<Entry>(Entries, pinned: true);
    private readonly Entry* _first;

    public KnownMatches() => _first = (Entry*)Unsafe.AsPointer(ref _entries[0]);

    public void Forget() => Array.Clear(_entries);

    /// <summary>What a service is asked for by; never 0, as in a cleared entry.</summary>
    /// <param name="addresses">Destination in the high half, packet order.</param>
    /// <param name="ports">Destination port in the high half, packet order.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Match(ulong addresses, uint ports, FlowClass flowClass) =>
        (addresses >> 32) | ((ulong)(ports & 0xFFFF_0000) << 16) | ((ulong)flowClass << 48);

    /// <summary>The router of this address; a packet that came without one has 0 instead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Router(uint source) => source | (1UL << 32);

    /// <summary>Where the answer is or goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Entry* At(ulong match, ulong router) => _first + (((match ^ (router << 24)) * Spread) >> EntryShift);

    [StructLayout(LayoutKind.Sequential, Size = 32)]
    internal struct Entry
    {
        public ulong Match;

        /// <summary>Found to be allowed.</summary>
        public ulong Router;

        /// <summary>Its flows are five-tuples.</summary>
        public int Service;
    }
}

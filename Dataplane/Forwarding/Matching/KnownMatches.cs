using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding.Matching;

/// <summary>
/// What was found for the last few (destination, protocol, port, router) of IPv4: packets come in runs for few services. Direct-mapped, of one
/// snapshot; a collision only means to look again. What it has learnt has numbers, for recent flows to remember. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class KnownMatches
{
    /// <summary>No packet's match has this number.</summary>
    public const ushort NoNumber = 0;

    private const int Entries = 4096, EntryShift = 52, MostNumbers = RecentFlow.MostMatches;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry[] _entries = GC.AllocateArray<Entry>(Entries, pinned: true);
    private readonly Learnt[] _learnt = GC.AllocateArray<Learnt>(MostNumbers, pinned: true);
    private readonly Entry* _first;
    private readonly Learnt* _numbered;
    private ushort _last;

    public KnownMatches()
    {
        _first = (Entry*)Unsafe.AsPointer(ref _entries[0]);
        _numbered = (Learnt*)Unsafe.AsPointer(ref _learnt[0]);
    }

    public KnownIpv6Matches Ipv6 { get; } = new();

    public void Forget()
    {
        Ipv6.Forget();
        Array.Clear(_entries);
        _last = NoNumber;
    }

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

    /// <summary>What has been learnt, by number; <see cref="NoNumber"/> is nobody's.</summary>
    public Learnt* Numbered => _numbered;

    /// <summary>The number that this pair has; <see cref="NoNumber"/> if it has none, or has none left.</summary>
    public ushort NumberOf(ulong match, ulong router)
    {
        Entry* entry = At(match, router);
        return entry->Match == match && entry->Router == router ? entry->Number : NoNumber;
    }

    /// <summary>A pair that is learnt again after a collision gets another number; the old one stays true.</summary>
    public void Learn(ulong match, ulong router, int service)
    {
        ushort number = _last + 1 < MostNumbers ? ++_last : NoNumber;
        if (number != NoNumber) _numbered[number] = new() { Router = router, Service = service };
        *At(match, router) = new() { Match = match, Router = router, Service = service, Number = number };
    }

    [StructLayout(LayoutKind.Sequential, Size = 32)]
    internal struct Entry
    {
        public ulong Match;

        /// <summary>Found to be allowed.</summary>
        public ulong Router;

        /// <summary>Its flows are five-tuples.</summary>
        public int Service;
        public ushort Number;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    internal struct Learnt
    {
        /// <summary>Found to be allowed.</summary>
        public ulong Router;
        public int Service;
    }
}

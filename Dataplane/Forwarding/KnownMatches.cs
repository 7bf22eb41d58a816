using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// What was found for the last few (destination, protocol, port) and routers: packets come in runs for few services. Direct-mapped, of one
/// snapshot; a collision only means to look again. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class KnownMatches
{
    private const int Services = 64, ServiceShift = 58, Routers = 16, RouterShift = 60;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15, Known = 1UL << 32;

    private readonly Entry[] _services = GC.AllocateArray<Entry>(Services, pinned: true);
    private readonly ulong[] _routers = GC.AllocateArray<ulong>(Routers, pinned: true);
    private readonly Entry* _firstService;
    private readonly ulong* _firstRouter;

    public KnownMatches()
    {
        _firstService = (Entry*)Unsafe.AsPointer(ref _services[0]);
        _firstRouter = (ulong*)Unsafe.AsPointer(ref _routers[0]);
    }

    public void Forget()
    {
        Array.Clear(_services);
        Array.Clear(_routers);
    }

    /// <summary>What a service is asked for by; never 0 for TCP or UDP, as in a cleared entry.</summary>
    /// <param name="addresses">Destination in the high half, packet order.</param>
    /// <param name="ports">Destination port in the high half, packet order.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Match(ulong addresses, uint ports, byte protocol, bool fromRouter) =>
        (addresses >> 32) | ((ulong)(ports >> 16) << 32) | ((ulong)(protocol + (fromRouter ? 0x100u : 0)) << 48);

    /// <summary>Where the answer is or goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Entry* Service(ulong match) => _firstService + ((match * Spread) >> ServiceShift);

    /// <summary>Whether packets in GRE from this address were found to be allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsRouter(uint source) => _firstRouter[(source * Spread) >> RouterShift] == (source | Known);

    public void LearnRouter(uint source) => _firstRouter[(source * Spread) >> RouterShift] = source | Known;

    internal struct Entry
    {
        public ulong Match;
        public int Service;
        public bool IsFiveTuple;
    }
}

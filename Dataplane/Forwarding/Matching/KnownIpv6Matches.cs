using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Forwarding.Matching;

/// <summary>As <see cref="KnownMatches"/>, of IPv6 destinations, and without numbers. Owner: the worker's thread.</summary>
internal sealed unsafe class KnownIpv6Matches
{
    private const int Entries = 1024, EntryShift = 54;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly Entry[] _entries = GC.AllocateArray<Entry>(Entries, pinned: true);
    private readonly Entry* _first;

    public KnownIpv6Matches() => _first = (Entry*)Unsafe.AsPointer(ref _entries[0]);

    public void Forget() => Array.Clear(_entries);

    /// <summary>The service of such packets; -1 if that is not known. Its flows are five-tuples, and the router was found to be allowed.</summary>
    /// <param name="ports">Destination port in the high half, packet order.</param>
    /// <param name="router">As of <see cref="KnownMatches.Router"/>; 0 for a plain packet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in IpKey destination, uint ports, FlowClass flowClass, ulong router)
    {
        ulong rest = RestOf(ports, flowClass);
        Entry* entry = At(destination, rest, router);
        ulong wrong = (entry->Destination.High ^ destination.High) | (entry->Destination.Low ^ destination.Low) | (entry->Rest ^ rest) | (entry->Router ^ router);
        return wrong == 0 ? entry->Service : -1;
    }

    public void Learn(in IpKey destination, uint ports, FlowClass flowClass, ulong router, int service)
    {
        ulong rest = RestOf(ports, flowClass);
        *At(destination, rest, router) = new() { Destination = destination, Rest = rest, Router = router, Service = service };
    }

    /// <summary>Never 0, as in a cleared entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RestOf(uint ports, FlowClass flowClass) => (ports & 0xFFFF_0000) | (uint)flowClass;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Entry* At(in IpKey destination, ulong rest, ulong router) =>
        _first + (((destination.High ^ (destination.Low * Spread) ^ rest ^ (router << 24)) * Spread) >> EntryShift);

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Entry
    {
        public IpKey Destination;
        public ulong Rest, Router;
        public int Service;
    }
}

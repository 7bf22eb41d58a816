using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>A flow table's entry as somebody else than its worker read it, of either family.</summary>
internal readonly struct SeenFlow
{
    private readonly bool _isIpv6;

    private SeenFlow(bool isIpv6, in IpKey source, in IpKey destination, uint ports, FlowMeta meta) =>
        (_isIpv6, Source, Destination, Ports, Meta) = (isIpv6, source, destination, ports, meta);

    public IpKey Source { get; }
    public IpKey Destination { get; }
    public uint Ports { get; }
    public FlowMeta Meta { get; }

    /// <summary>Flows by source alone have none.</summary>
    public bool HasDestination => _isIpv6 ? (Destination.High | Destination.Low) != 0 : Destination.Ipv4 != 0;

    public int AddressService => FlowEntry.AddressServiceOf(Meta, Ports);

    /// <summary>False: free, or changing hands just now.</summary>
    public static unsafe bool TryRead(FlowEntry* entry, out SeenFlow flow)
    {
        flow = default;
        if (!TryBegin(&entry->Ports, out ulong rest)) return false;
        (uint source, uint destination) = (entry->Source, entry->Destination);
        if (!IsStill(&entry->Ports, rest)) return false;
        flow = new(false, IpKey.FromIpv4(source), IpKey.FromIpv4(destination), (uint)rest, new FlowMeta((uint)(rest >> 32)));
        return true;
    }

    /// <inheritdoc cref="TryRead(FlowEntry*, out SeenFlow)"/>
    public static unsafe bool TryRead(Ipv6FlowEntry* entry, out SeenFlow flow)
    {
        flow = default;
        if (!TryBegin(&entry->Ports, out ulong rest)) return false;
        (IpKey source, IpKey destination) = (entry->Source, entry->Destination);
        if (!IsStill(&entry->Ports, rest)) return false;
        flow = new(true, source, destination, (uint)rest, new FlowMeta((uint)(rest >> 32)));
        return true;
    }

    /// <summary>The same on every node: of a flow by address the service's name stands for its slot.</summary>
    public ulong Hash<THash>(THash hash, uint nameHash)
        where THash : struct, IFlowHash
    {
        ulong rest = (AddressService < 0 ? Ports : FlowEntry.ByAddress | nameHash) | ((ulong)Meta.Class << 32);
        return _isIpv6 ? hash.OfIpv6(Source, Destination, rest) : hash.Of(Source.Ipv4 | ((ulong)Destination.Ipv4 << 32), rest);
    }

    private static unsafe bool TryBegin(uint* portsAndMeta, out ulong rest)
    {
        rest = Volatile.Read(ref *(ulong*)portsAndMeta);
        return (rest & ((ulong)FlowMeta.ClassMask << 32)) != 0;
    }

    // A worker that replaces an entry empties it first (FlowTable.Insert): the same word twice means that the key between is its own.
    private static unsafe bool IsStill(uint* portsAndMeta, ulong rest)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref *(ulong*)portsAndMeta) == rest;
    }
}

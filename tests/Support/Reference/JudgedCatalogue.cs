using System.Text;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Tests.Support.Reference;

/// <summary>A snapshot as its content says, looked through from one end to the other for every question.</summary>
internal sealed class JudgedCatalogue
{
    public const int None = -1;

    private const int Icmp = 1, Icmpv6 = 58;

    private readonly Prefix[] _vips, _routers;

    public JudgedCatalogue(SnapshotContent content)
    {
        Content = content;
        Services = [.. content.Services];
        Backends = [.. content.Pools.SelectMany(pool => pool.Backends)];
        _vips = [.. Services.Select(service => Prefix.Of(service.Vip))];
        _routers = [.. content.Routers.Select(Prefix.Of)];
    }

    public SnapshotContent Content { get; }
    public ServiceSpec[] Services { get; }

    /// <summary>Of all pools.</summary>
    public BackendContent[] Backends { get; }

    public bool IsRouter(in Address source)
    {
        if (_routers.Length == 0) return true;
        foreach (Prefix router in _routers)
        {
            if (router.Contains(source)) return true;
        }

        return false;
    }

    public bool IsVip(in Address address, bool fromRouter)
    {
        for (int i = 0; i < _vips.Length; i++)
        {
            if (Covers(i, address, fromRouter)) return true;
        }

        return false;
    }

    /// <summary>The service that takes it: the longest prefix, then a named protocol before any, then the narrowest range of ports.</summary>
    public int Find(in Address vip, int protocol, int port, bool fromRouter)
    {
        int best = None;
        for (int i = 0; i < _vips.Length; i++)
        {
            if (Covers(i, vip, fromRouter) && TakesProtocol(i, vip, protocol) && Services[i].Ports.From <= port && port <= Services[i].Ports.To && (best == None || IsCloser(i, best))) best = i;
        }

        return best;
    }

    /// <summary>
    /// Whether a later fragment whose first is unknown goes as this service's packets do: one of that VIP and protocol, and all such share pool and
    /// send form. Where there are none, the catch-all may have it.
    /// </summary>
    public bool MayTakeFragment(int service, in Address vip, int protocol, bool fromRouter)
    {
        if (protocol is not (6 or 17)) return service == Find(vip, protocol, 0, fromRouter);
        int first = None;
        bool isAmong = false;
        for (int i = 0; i < _vips.Length; i++)
        {
            if (IsCatchAll(i) || !_vips[i].Contains(vip) || !TakesProtocol(i, vip, protocol)) continue;
            if (first != None && (Services[i].Pool, Services[i].Send, Services[i].Overlay) != (Services[first].Pool, Services[first].Send, Services[first].Overlay)) return service == None;
            first = i;
            isAmong |= i == service;
        }

        return first == None ? service == Find(vip, protocol, 0, fromRouter) : isAmong;
    }

    /// <summary>What stands for a service in the hash of its flows by address.</summary>
    public uint NameHash(int service)
    {
        SipHash24 hash = new(0, 0);
        hash.Append(Encoding.UTF8.GetBytes(Services[service].Id.Name));
        return (uint)hash.Finish();
    }

    /// <summary>The backend that the pool's Maglev table has for this hash.</summary>
    public int InTable(int service, ulong hash)
    {
        int before = 0;
        foreach (PoolContent pool in Content.Pools)
        {
            if (pool.Id == Services[service].Pool) return pool.Entries is { } entries ? before + TakingNew(pool, entries[(int)(((hash >> 32) * (ulong)entries.Length) >> 32)]) : None;
            before += pool.Backends.Length;
        }

        return None;
    }

    private static int TakingNew(PoolContent pool, int number)
    {
        for (int i = 0; ; i++)
        {
            if (pool.Backends[i].TakesNew && number-- == 0) return i;
        }
    }

    private bool IsCatchAll(int service) => _vips[service].Bits == 0;

    private bool Covers(int service, in Address address, bool fromRouter) => _vips[service].Contains(address) && (fromRouter || !IsCatchAll(service));

    private bool TakesProtocol(int service, in Address vip, int protocol)
    {
        int wanted = (int)Services[service].Protocol;
        return wanted == 0 || wanted == protocol || (wanted == Icmp && vip.IsIpv6 && protocol == Icmpv6);
    }

    private bool IsCloser(int service, int other) => Rank(service).CompareTo(Rank(other)) > 0;

    private (int, bool, int) Rank(int service) => (_vips[service].Bits, Services[service].Protocol != Protocol.Any, Services[service].Ports.From - Services[service].Ports.To);
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>
/// (destination, protocol, port) to service slot: single-port services by one probe; then the VIP's ranges and wildcards, the most
/// specific first; then prefixes, the longest first; last the catch-all, for router-made GRE only.
/// </summary>
internal readonly unsafe struct Classifier(SnapshotView snapshot, RegionCapacities capacities)
{
    public const int None = -1;

    private readonly SnapshotView _snapshot = snapshot;
    private readonly uint _services = (uint)capacities.Services;
    private readonly int _catchAll = Checked(snapshot.Header->CatchAllIpv4, (uint)capacities.Services);

    // Counts and indices come from shared memory: a worker believes none beyond what the region holds.
    private readonly int _firstPrefixRule = Math.Clamp(snapshot.Header->FirstPrefixRule, 0, capacities.Services);
    private readonly int _prefixRules = Math.Clamp(snapshot.Header->PrefixRules, 0, capacities.Services - Math.Clamp(snapshot.Header->FirstPrefixRule, 0, capacities.Services));

    /// <param name="destination">Packet order; likewise <paramref name="port"/>, which is 0 where there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(uint destination, byte protocol, ushort port, bool fromRouter)
    {
        IpKey vip = IpKey.FromIpv4(destination);
        int service = FindExact(vip, protocol, port);
        return service != None ? service : FindRule(vip, protocol, port, fromRouter);
    }

    /// <summary>Whether any service has this address, whatever the protocol and port.</summary>
    public bool IsVip(uint destination, bool fromRouter)
    {
        IpKey vip = IpKey.FromIpv4(destination);
        if (fromRouter && _catchAll != None) return true;
        if (FindVip(vip) != null) return true;
        for (int i = 0; i < _prefixRules; i++)
        {
            RuleEntry* rule = _snapshot.Rules + _firstPrefixRule + i;
            if (rule->Vip.SharesPrefix(vip, rule->PrefixBits)) return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindExact(in IpKey vip, byte protocol, ushort port)
    {
        uint mask = _snapshot.ExactMask;
        uint start = SnapshotView.ExactHash(vip, protocol, port);
        for (uint step = 0; step <= mask; step++)
        {
            ExactEntry* entry = _snapshot.Exact + ((start + step) & mask);
            if (entry->State == SlotState.Free) return None;
            if (entry->Vip.Equals(vip) && entry->Protocol == protocol && entry->Port == port) return Checked(entry->Service, _services);
        }

        return None;
    }

    private VipEntry* FindVip(in IpKey vip)
    {
        uint mask = _snapshot.VipMask;
        uint start = SnapshotView.VipHash(vip);
        for (uint step = 0; step <= mask; step++)
        {
            VipEntry* entry = _snapshot.Vips + ((start + step) & mask);
            if (entry->State == SlotState.Free) return null;
            if (entry->Vip.Equals(vip)) return entry;
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindRule(in IpKey vip, byte protocol, ushort portInPacketOrder, bool fromRouter)
    {
        ushort port = BinaryPrimitives.ReverseEndianness(portInPacketOrder);
        VipEntry* known = FindVip(vip);
        int service = known == null ? None : FindInRun(known->FirstRule, known->Rules, vip, protocol, port);
        if (service == None) service = FindInRun(_firstPrefixRule, _prefixRules, vip, protocol, port);
        return service == None && fromRouter ? _catchAll : service;
    }

    private int FindInRun(int first, int count, in IpKey vip, byte protocol, ushort port)
    {
        if ((uint)first > _services || (uint)count > _services - (uint)first) return None;
        for (RuleEntry* rule = _snapshot.Rules + first; count > 0; count--, rule++)
        {
            if ((rule->Protocol == 0 || rule->Protocol == protocol) && rule->PortFrom <= port && port <= rule->PortTo
                && rule->Vip.SharesPrefix(vip, rule->PrefixBits)) return Checked(rule->Service, _services);
        }

        return None;
    }

    private static int Checked(int service, uint services) => (uint)service < services ? service : None;
}

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
    private readonly int _catchAllIpv4 = Checked(snapshot.Header->CatchAllIpv4, (uint)capacities.Services);
    private readonly int _catchAllIpv6 = Checked(snapshot.Header->CatchAllIpv6, (uint)capacities.Services);

    // Counts and indices come from shared memory: a worker believes none beyond what the region holds.
    private readonly int _firstPrefixRule = Math.Clamp(snapshot.Header->FirstPrefixRule, 0, capacities.Services);
    private readonly int _prefixRules = Math.Clamp(snapshot.Header->PrefixRules, 0, capacities.Services - Math.Clamp(snapshot.Header->FirstPrefixRule, 0, capacities.Services));

    /// <param name="port">Packet order, 0 where there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in IpKey vip, byte protocol, ushort port, bool fromRouter)
    {
        int service = FindExact(vip, protocol, port);
        return service != None ? service : FindRule(vip, protocol, port, fromRouter);
    }

    /// <summary>Whether any service has this address, whatever the protocol and port.</summary>
    public bool IsVip(in IpKey address, bool fromRouter)
    {
        if ((fromRouter && CatchAll(address) != None) || FindVip(address) != null) return true;
        for (int i = 0; i < _prefixRules; i++)
        {
            RuleEntry* rule = _snapshot.Rules + _firstPrefixRule + i;
            if (rule->Vip.SharesPrefix(address, rule->PrefixBits)) return true;
        }

        return false;
    }

    /// <summary>The service that takes a fragment without ports if it must be one of those with this address; see <see cref="VipEntry"/>.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    public int FindForFragment(in IpKey vip, byte protocol, bool fromRouter)
    {
        const byte Tcp = 6;
        VipEntry* known = FindVip(vip);
        int service = known == null ? ForFragmentInPrefixes(vip, protocol) : protocol == Tcp ? known->FragmentsTcp : known->FragmentsUdp;
        return service == VipEntry.NoService && fromRouter ? CatchAll(vip) : Checked(service, _services);
    }

    /// <summary>As the publisher finds it out for a single address, see <see cref="MatchTables"/>.</summary>
    private int ForFragmentInPrefixes(in IpKey vip, byte protocol)
    {
        int first = VipEntry.NoService;
        for (RuleEntry* rule = _snapshot.Rules + _firstPrefixRule, end = rule + _prefixRules; rule < end; rule++)
        {
            int service = Checked(rule->Service, _services);
            if (service == None || (rule->Protocol != 0 && rule->Protocol != protocol) || !rule->Vip.SharesPrefix(vip, rule->PrefixBits)) continue;
            if (first == VipEntry.NoService) first = service;
            else if (!_snapshot.Services[first].SendsLike(_snapshot.Services[service])) return None;
        }

        return first;
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
        return service == None && fromRouter ? CatchAll(vip) : service;
    }

    private int CatchAll(in IpKey address) => address.IsIpv4 ? _catchAllIpv4 : _catchAllIpv6;

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

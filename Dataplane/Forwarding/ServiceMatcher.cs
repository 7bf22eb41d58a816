using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// From a frame to its service and flow key, or to the verdict that it is not ours or not sound. Most frames take the short way of
/// <see cref="FixedLayout"/> and <see cref="KnownMatches"/>, which says the same. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class ServiceMatcher
{
    private readonly RegionCapacities _capacities;
    private readonly FlowTable _flows;
    private readonly RecentFlows _recent;
    private readonly KnownMatches _known = new();
    private MacFilter _mac;
    private SnapshotView _snapshot;
    private Classifier _classifier;
    private FlowHash _hash;

    public ServiceMatcher(RegionView region, FlowTable flows, RecentFlows recent, ulong deviceMac)
    {
        _capacities = region.Capacities;
        _flows = flows;
        _recent = recent;
        DeviceMac = deviceMac;
    }

    /// <summary>A device's address may change; from any thread. See <see cref="MacFilter"/>.</summary>
    public ulong DeviceMac
    {
        set => _mac = new MacFilter(value);
    }

    public void Adopt(SnapshotView snapshot)
    {
        _snapshot = snapshot;
        _classifier = new Classifier(snapshot, _capacities);
        _hash = new FlowHash(snapshot.Header->HashKey0, snapshot.Header->HashKey1);
        _known.Forget();
    }

    /// <summary>
    /// For each packet the final verdict, or <see cref="Verdict.Forwarded"/> with either the backend that its flow had just now, or key and
    /// hash and no backend. The hash needs nothing but the key: its buckets are on their way while the next packets are looked at. Nothing
    /// of a frame is changed.
    /// </summary>
    /// <param name="quietMeta"><see cref="BatchTime.QuietMeta"/></param>
    /// <param name="bytes">Of all frames.</param>
    /// <returns>How many are to be forwarded.</returns>
    public int Match(PacketSlot* slot, PacketWork* packet, int count, uint quietMeta, out ulong bytes)
    {
        ulong sum = 0;
        int settled = 0;
        for (PacketWork* end = packet + count; packet < end; packet++, slot++)
        {
            sum += (uint)slot->Length;
            if (TryMatchUsual(slot, packet, quietMeta)) continue;
            MatchAny(slot, packet);
            if (packet->Verdict != Verdict.Forwarded) settled++;
        }

        bytes = sum;
        return count - settled;
    }

    /// <summary>The same for any packet, slowly, and never with a backend.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void MatchAny(PacketSlot* slot, PacketWork* packet)
    {
        packet->Begin();
        // Before anything was ever published no packet can be ours.
        if (_snapshot.IsNone) packet->LeaveToHost();
        else if (Parser.TryLocate(*slot, _mac, ref *packet)) FindService(ref *packet, slot->Data + slot->Length);
        if (packet->Verdict == Verdict.Host) slot->TunnelBytes = TunnelBytes(*packet);
        else if (packet->Verdict == Verdict.Forwarded) _flows.Prefetch(packet->Hash);
    }

    /// <summary>True: a sound packet of the usual form for a service seen before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryMatchUsual(PacketSlot* slot, PacketWork* packet, uint quietMeta)
    {
        if (!FixedLayout.TryRead(slot->Data, slot->Length, _mac, out FixedLayout found)) return false;
        ulong hash = _hash.Of(found.Addresses, found.Ports | ((ulong)found.Class << 32));
        FlowKey key = new(found.Addresses, found.Ports, found.Class);
        packet->Outer = found.Outer;
        packet->PacketLength = (ushort)found.PacketLength;
        packet->Verdict = Verdict.Forwarded;
        packet->Reason = Reason.None;
        RecentFlow* recent = _recent.At(hash);
        if ((RecentFlow.Difference(recent, key, found.Router, quietMeta) | (found.TcpFlags & TcpHeader.Changing)) == 0)
        {
            packet->Service = recent->Service;
            packet->Backend = recent->Backend;
            return true;
        }

        ulong match = KnownMatches.Match(found.Addresses, found.Ports, found.Class);
        KnownMatches.Entry* known = _known.At(match, found.Router);
        if (((known->Match ^ match) | (known->Router ^ found.Router)) != 0) return false;
        _flows.Prefetch(hash);
        packet->Service = known->Service;
        packet->Backend = -1;
        packet->Key = key;
        packet->Hash = hash;
        packet->TcpFlags = (byte)found.TcpFlags;
        return true;
    }

    private void FindService(ref PacketWork packet, byte* end)
    {
        uint ports = Ports(packet.Inner, end);
        bool fromRouter = packet.Outer != null;
        int service = _classifier.Find(packet.Inner->Destination, packet.Inner->Protocol, (ushort)(ports >> 16), fromRouter);
        if (service == Classifier.None)
        {
            LeaveOrDrop(ref packet, end, fromRouter);
            return;
        }

        Reason defect = Validate(ref packet, end);
        if (defect != Reason.None) packet.Drop(defect);
        else SetKey(ref packet, service, ports);
    }

    /// <summary>No service: the host's, unless it is for a VIP and damaged. GRE that is not for a VIP inside may be addressed to one itself.</summary>
    private void LeaveOrDrop(ref PacketWork packet, byte* end, bool fromRouter)
    {
        if (_classifier.IsVip(packet.Inner->Destination, fromRouter))
        {
            Reason defect = Validate(ref packet, end);
            if (defect != Reason.None) packet.Drop(defect);
            else packet.LeaveToHost();
        }
        else if (fromRouter)
        {
            packet.Inner = packet.Outer;
            packet.Outer = null;
            FindService(ref packet, end);
        }
        else
        {
            packet.LeaveToHost();
        }
    }

    private Reason Validate(ref PacketWork packet, byte* end)
    {
        Reason defect = Validator.Check(ref packet, end);
        bool isAllowed = packet.Outer == null || IsRouterAllowed(packet.Outer->Source);
        return defect == Reason.None && !isAllowed ? Reason.SourceNotAllowed : defect;
    }

    private void SetKey(ref PacketWork packet, int service, uint ports)
    {
        Ipv4Header* inner = packet.Inner;
        ref ServiceRecord record = ref _snapshot.Services[service];
        packet.Service = service;
        packet.TcpFlags = inner->Protocol == IpProtocol.Tcp ? ((TcpHeader*)((byte*)inner + inner->HeaderLength))->Flags : (byte)0;
        packet.Key = FlowKey.For(record, service, inner->Source, inner->Destination, ports, inner->Protocol);
        packet.Hash = packet.Key.Hash(_hash, record);
        if ((Affinity)record.Affinity == Affinity.FiveTuple && packet.Key.Class != FlowClass.Other) Learn(packet);
    }

    private void Learn(in PacketWork packet)
    {
        ulong match = KnownMatches.Match(packet.Key.Addresses, packet.Key.Ports, packet.Key.Class);
        ulong router = packet.Router;
        *_known.At(match, router) = new() { Match = match, Router = router, Service = packet.Service };
    }

    /// <summary>Source port low, destination port high, packet order; 0 for other protocols, later fragments and what is cut off.</summary>
    private static uint Ports(Ipv4Header* ip, byte* end)
    {
        byte* transport = (byte*)ip + ip->HeaderLength;
        bool has = ip->Protocol is IpProtocol.Tcp or IpProtocol.Udp && transport + 4 <= end && ip->FragmentOffset == 0;
        return has ? Unsafe.ReadUnaligned<uint>(transport) : 0;
    }

    /// <summary>Of router-made GRE for a VIP only the inner packet may reach the host, which could answer the tunnel's with an ICMP error.</summary>
    private static int TunnelBytes(in PacketWork packet) => packet.Outer == null ? 0 : (int)((byte*)packet.Inner - (byte*)packet.Outer);

    private bool IsRouterAllowed(uint source)
    {
        int count = Math.Min(_snapshot.Header->Routers, _capacities.Routers);
        if (count == 0) return true;
        IpKey address = IpKey.FromIpv4(source);
        for (int i = 0; i < count; i++)
        {
            RouterEntry* router = _snapshot.Routers + i;
            if (router->Address.SharesPrefix(address, router->PrefixBits)) return true;
        }

        return false;
    }
}

using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// From a frame to its service and flow key, or to the verdict that it is not ours or not sound. Most frames take the short way of
/// <see cref="FixedLayout"/> and <see cref="KnownMatches"/>, which says the same. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class ServiceMatcher(RegionView region)
{
    private readonly RegionCapacities _capacities = region.Capacities;
    private readonly KnownMatches _known = new();
    private SnapshotView _snapshot;
    private Classifier _classifier;

    public void Adopt(SnapshotView snapshot)
    {
        _snapshot = snapshot;
        _classifier = new Classifier(snapshot, _capacities);
        _known.Forget();
    }

    /// <summary>True: a sound packet of the usual form for a service seen before; its key is set. Nothing of the frame is changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMatchUsual(PacketSlot* slot, ulong deviceMac, PacketWork* packet)
    {
        packet->Begin();
        if (!FixedLayout.TryLocate(slot->Data, slot->Length, deviceMac, ref *packet)) return false;
        Ipv4Header* inner = packet->Inner;
        byte protocol = inner->Protocol;
        ulong addresses = Unsafe.ReadUnaligned<ulong>(&inner->Source);
        uint ports = Unsafe.ReadUnaligned<uint>(inner + 1);
        ulong match = KnownMatches.Match(addresses, ports, protocol, packet->Outer != null);
        KnownMatches.Entry* known = _known.Service(match);
        if (known->Match != match) return false;
        if (packet->Outer != null && !_known.IsRouter(packet->Outer->Source)) return false;
        packet->Service = known->Service;
        packet->TcpFlags = protocol == IpProtocol.Tcp ? ((TcpHeader*)(inner + 1))->Flags : (byte)0;
        if (!known->IsFiveTuple) return SetOtherKey(packet, ports);
        packet->Key = FlowKey.FiveTuple(addresses, ports, protocol);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool SetOtherKey(PacketWork* packet, uint ports)
    {
        Ipv4Header* inner = packet->Inner;
        packet->Key = FlowKey.For(_snapshot.Services[packet->Service], packet->Service, inner->Source, inner->Destination, ports, inner->Protocol);
        return true;
    }

    /// <summary>Verdict Forwarded and a key, or the final verdict, for any frame; <see cref="TryMatchUsual"/> was here before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void MatchAny(PacketSlot* slot, ulong deviceMac, PacketWork* packet)
    {
        packet->Begin();
        if (!Parser.TryLocate(*slot, deviceMac, ref *packet)) return;
        FindService(ref *packet, slot->Data + slot->Length);
        if (packet->Verdict == Verdict.Host) slot->TunnelBytes = TunnelBytes(*packet);
    }

    private void Learn(in PacketWork packet, int service, uint ports)
    {
        Ipv4Header* inner = packet.Inner;
        if (packet.Outer != null) _known.LearnRouter(packet.Outer->Source);
        bool isFiveTuple = (Affinity)_snapshot.Services[service].Affinity == Affinity.FiveTuple;
        ulong match = KnownMatches.Match(Unsafe.ReadUnaligned<ulong>(&inner->Source), ports, inner->Protocol, packet.Outer != null);
        *_known.Service(match) = new() { Match = match, Service = service, IsFiveTuple = isFiveTuple };
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
        packet.Service = service;
        packet.TcpFlags = inner->Protocol == IpProtocol.Tcp ? ((TcpHeader*)((byte*)inner + inner->HeaderLength))->Flags : (byte)0;
        packet.Key = FlowKey.For(_snapshot.Services[service], service, inner->Source, inner->Destination, ports, inner->Protocol);
        Learn(packet, service, ports);
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

using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding.Matching;

/// <summary>
/// From any frame to its service, flow key and role, or to the verdict that it is not ours or not sound, by the rules of
/// docs/design/packet-classes.md. Nothing of the frame is changed. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class ServiceMatcher(RegionView region, KnownMatches known)
{
    private readonly RegionCapacities _capacities = region.Capacities;
    private readonly KnownMatches _known = known;
    private SnapshotView _snapshot;
    private Classifier _classifier;
    private ClusterFlowHash _hash;

    public void Adopt(SnapshotView snapshot)
    {
        _snapshot = snapshot;
        _classifier = new Classifier(snapshot, _capacities);
        _hash = new ClusterFlowHash(snapshot.Header);
    }

    /// <summary>The final verdict, or <see cref="Verdict.Forwarded"/> with what the second pass needs.</summary>
    /// <param name="ipv6Key">Where the key goes if it is one of IPv6.</param>
    public void Match(PacketSlot* slot, PacketWork* packet, MacFilter mac, Ipv6FlowKey* ipv6Key)
    {
        packet->Begin();
        bool isOurs = false;
        // Before anything was ever published no packet can be ours.
        if (_snapshot.IsNone) packet->LeaveToHost();
        else if (Parser.TryLocate(*slot, mac, ref *packet)) isOurs = Find(packet, ipv6Key, slot->Data + slot->Length);
        if (packet->Verdict == Verdict.Host) Describe(slot, packet, isOurs);
    }

    /// <summary>For the port, of a packet for the host.</summary>
    public static void Describe(PacketSlot* slot, PacketWork* packet, bool isOurs)
    {
        slot->KeptFromHost = isOurs;
        // Of router-made GRE for a VIP only the inner packet may reach the host, which could answer the tunnel's with an ICMP error.
        slot->TunnelBytes = (ushort)(packet->Outer == null ? 0 : packet->Inner - packet->Outer);
    }

    /// <summary>False: its destination is no VIP.</summary>
    private bool Find(PacketWork* packet, Ipv6FlowKey* ipv6Key, byte* end)
    {
        IpKey destination = IpAddresses.DestinationOf(packet->Inner);
        if (packet->Outer == null && IsBetweenNeighbours(packet->Inner, end))
        {
            packet->LeaveToHost();
            return false;
        }

        if (IpAddresses.IsMapped(packet->Inner, destination) || !_classifier.IsVip(destination, packet->Outer != null))
        {
            if (packet->Outer == null)
            {
                packet->LeaveToHost();
                return false;
            }

            // GRE that is not for a VIP inside may be addressed to one itself.
            packet->Inner = packet->Outer;
            packet->Outer = null;
            return Find(packet, ipv6Key, end);
        }

        Reason defect = Validator.Check(ref *packet, end, out IpPacket inner);
        if (defect == Reason.None && packet->Outer != null && !IsRouterAllowed(packet->Outer)) defect = Reason.SourceNotAllowed;
        if (defect != Reason.None) packet->Drop(defect);
        else FindService(packet, inner, ipv6Key);
        return true;
    }

    /// <summary>A kernel heeds it on the device alone that it came by, so it is never taken from there, even to a VIP.</summary>
    private static bool IsBetweenNeighbours(byte* header, byte* end) =>
        Ipv6Header.IsAt(header) && ((Ipv6Header*)header)->NextHeader == IpProtocol.Icmpv6
        && header + Ipv6Header.Size < end && IcmpHeader.IsNeighbourDiscovery(header[Ipv6Header.Size]);

    private void FindService(PacketWork* packet, in IpPacket inner, Ipv6FlowKey* ipv6Key)
    {
        bool isIpv6 = packet->IsIpv6, fromRouter = packet->Outer != null;
        IpKey vip = IpAddresses.DestinationOf(packet->Inner);
        if (inner.FragmentOffset != 0)
        {
            packet->Role = PacketRole.LaterFragment;
            int guess = ForFragment(vip, inner.Protocol, isIpv6, fromRouter);
            // Without a guess too: should its first be known, its own addresses name the path that it takes.
            SetKey(packet, guess, IpAddresses.SourceOf(packet->Inner), vip, inner, inner.Ports, ipv6Key);
            return;
        }

        byte icmpType = inner.IsIcmp(isIpv6) ? *inner.Transport : (byte)0;
        if (inner.IsIcmp(isIpv6) && IcmpHeader.IsError(icmpType, isIpv6))
        {
            FindByError(packet, inner, vip, ipv6Key);
            return;
        }

        bool isNeighbours = isIpv6 && inner.IsIcmp(isIpv6) && IcmpHeader.IsNeighbourDiscovery(icmpType);
        int service = isNeighbours ? Classifier.None : _classifier.Find(vip, Named(inner.Protocol, isIpv6), (ushort)(inner.Ports >> 16), fromRouter);
        if (service != Classifier.None)
        {
            packet->Role = inner.IsFragment ? PacketRole.FirstFragment : PacketRole.Flow;
            packet->TcpFlags = inner.Protocol == IpProtocol.Tcp ? ((TcpHeader*)inner.Transport)->Flags : (byte)0;
            SetKey(packet, service, IpAddresses.SourceOf(packet->Inner), vip, inner, inner.Ports, ipv6Key);
            if (packet->Role == PacketRole.Flow) Learn(packet);
            return;
        }

        if (inner.IsIcmp(isIpv6) && IcmpHeader.IsEcho(icmpType, isIpv6))
        {
            packet->Role = PacketRole.Echo;
            if (inner.IsFragment) packet->Drop(Reason.FragmentUnknown);
            return;
        }

        LeaveToHost(packet, inner);
    }

    /// <summary>Of a first fragment others will follow, so that the second pass decides in order: <see cref="PacketRole.FirstFragment"/> without a service.</summary>
    private static void LeaveToHost(PacketWork* packet, in IpPacket inner)
    {
        if (inner.IsFragment) packet->Role = PacketRole.FirstFragment;
        else packet->LeaveToHost();
    }

    /// <summary>An error goes to the backend of the flow whose packet it holds.</summary>
    private void FindByError(PacketWork* packet, in IpPacket inner, in IpKey vip, Ipv6FlowKey* ipv6Key)
    {
        bool isIpv6 = packet->IsIpv6, fromRouter = packet->Outer != null;
        Reason defect = EmbeddedPacket.Read(inner.Transport + IcmpHeader.Size, inner.End, isIpv6, out EmbeddedPacket embedded);
        if (defect != Reason.None)
        {
            packet->Drop(defect);
            return;
        }

        int service = !embedded.Vip.Equals(vip) ? Classifier.None
            : embedded.Packet.FragmentOffset != 0 ? ForFragment(vip, embedded.Packet.Protocol, isIpv6, fromRouter)
            : _classifier.Find(vip, Named(embedded.Packet.Protocol, isIpv6), (ushort)(embedded.ClientPorts >> 16), fromRouter);
        if (service == Classifier.None)
        {
            LeaveToHost(packet, inner);
            return;
        }

        packet->Role = PacketRole.Error;
        SetKey(packet, service, embedded.Client, vip, embedded.Packet, embedded.ClientPorts, ipv6Key);
    }

    private int ForFragment(in IpKey vip, byte protocol, bool isIpv6, bool fromRouter) => IpProtocol.HasPorts(protocol)
        ? _classifier.FindForFragment(vip, protocol, fromRouter)
        : _classifier.Find(vip, Named(protocol, isIpv6), port: 0, fromRouter);

    /// <summary>The catalogue's "icmp" is ICMP of either version.</summary>
    private static byte Named(byte protocol, bool isIpv6) => isIpv6 && protocol == IpProtocol.Icmpv6 ? IpProtocol.Icmp : protocol;

    /// <param name="service">None: a five-tuple's.</param>
    /// <param name="source">Of the flow's packets, likewise the others.</param>
    private void SetKey(PacketWork* packet, int service, in IpKey source, in IpKey destination, in IpPacket layout, uint ports, Ipv6FlowKey* ipv6Key)
    {
        ServiceRecord nobodys = default;
        ref ServiceRecord record = ref (service == Classifier.None ? ref nobodys : ref _snapshot.Services[service]);
        FlowClass flowClass = FlowKey.ClassOf(layout.Protocol, layout.HasPorts);
        packet->Service = service;
        if (packet->IsIpv6)
        {
            *ipv6Key = Ipv6FlowKey.For(record, service, source, destination, ports, layout.Protocol, flowClass);
            packet->Ipv6Key = ipv6Key;
            packet->Hash = ipv6Key->Hash(_hash, record);
            return;
        }

        packet->Key = FlowKey.For(record, service, source.Ipv4, destination.Ipv4, ports, layout.Protocol, flowClass);
        packet->Hash = packet->Key.Hash(_hash, record);
    }

    /// <summary>The next packet of the usual form for this service need not come here.</summary>
    private void Learn(PacketWork* packet)
    {
        if (packet->Class == FlowClass.Other || (packet->Outer != null && Ipv6Header.IsAt(packet->Outer))) return;
        Ipv6FlowKey* ipv6 = packet->Ipv6Key;
        if (ipv6 == null) _known.Learn(KnownMatches.Match(packet->Key.Addresses, packet->Key.Ports, packet->Key.Class), packet->Router, packet->Service);
        else _known.Ipv6.Learn(ipv6->Destination, ipv6->Ports, ipv6->Class, packet->Router, packet->Service);
    }

    private bool IsRouterAllowed(byte* outer)
    {
        int count = Math.Min(_snapshot.Header->Routers, _capacities.Routers);
        if (count == 0) return true;
        IpKey address = IpAddresses.SourceOf(outer);
        if (IpAddresses.IsMapped(outer, address)) return false;
        for (int i = 0; i < count; i++)
        {
            RouterEntry* router = _snapshot.Routers + i;
            if (router->Address.SharesPrefix(address, router->PrefixBits)) return true;
        }

        return false;
    }
}

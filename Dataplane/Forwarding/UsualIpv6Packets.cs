using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>As <see cref="UsualPackets"/>, of packets with IPv6 inside: see <see cref="Ipv6Layout"/>. Owner: the worker's thread.</summary>
internal sealed unsafe class UsualIpv6Packets(KnownIpv6Matches known, FlowTables flows)
{
    private ClusterFlowHash _hash;

    /// <summary>Of the port.</summary>
    public MacFilter Mac { get; set; }

    /// <summary>Before it nothing is known, so that every packet is left to others.</summary>
    public void Adopt(SnapshotView snapshot) => _hash = new ClusterFlowHash(snapshot.Header);

    /// <param name="keys">One for each packet of the batch.</param>
    /// <returns>Where the run ended.</returns>
    public int Match(PacketSlot* slots, PacketWork* packets, int next, int count, Ipv6FlowKey* keys)
    {
        for (; next < count; next++)
        {
            PacketSlot* slot = slots + next;
            if (!Ipv6Layout.TryRead(slot->Data, slot->Length, Mac, out Ipv6Layout found)) break;
            int service = known.Find(found.Inner->Destination, found.Ports, found.Class, found.Router);
            if (service < 0) break;
            Ipv6FlowKey* key = keys + next;
            key->Source = found.Inner->Source;
            key->Destination = found.Inner->Destination;
            key->Ports = found.Ports;
            key->Class = found.Class;
            PacketWork* packet = packets + next;
            packet->Begin();
            packet->Ipv6Key = key;
            packet->Hash = _hash.OfIpv6(key->Source, key->Destination, key->Ports | ((ulong)key->Class << 32));
            packet->Outer = found.Router != 0 ? slot->Data + EthernetHeader.Size : null;
            packet->Inner = (byte*)found.Inner;
            packet->Service = service;
            packet->PacketLength = (ushort)found.PacketLength;
            packet->InnerLength = (ushort)found.InnerLength;
            packet->TcpFlags = found.TcpFlags;
            flows.Prefetch(packet);
        }

        return next;
    }
}

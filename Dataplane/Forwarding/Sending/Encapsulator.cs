using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>Gives a packet for a VIP the form in which its service sends; docs/design/packet-classes.md, "How it leaves".</summary>
internal static unsafe class Encapsulator
{
    /// <summary>The reason if the packet cannot leave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Reason Apply(PacketSlot* slot, PacketWork* packet, ServiceRecord* service, BackendRecord* backend)
    {
        bool isUsual = packet->Outer == slot->Data + EthernetHeader.Size && *packet->Outer == Ipv4Header.WithoutOptions
            && (SendForm)service->Send == SendForm.Gre && backend->Address.IsIpv4;
        return isUsual && GreRewrite.TryInPlace(slot, backend)
            ? Reason.None
            : ApplyAny(slot, packet, service, backend);
    }

    /// <summary>The largest packet for the VIP that gets to this backend.</summary>
    public static int LargestInner(PacketWork* packet, ServiceRecord* service, BackendRecord* backend) => backend->MtuBytes - ((SendForm)service->Send switch
    {
        SendForm.L2 => 0,
        SendForm.Gre when packet->Outer != null => GreRewrite.Overhead(packet, backend),
        _ => Tunnel.Overhead(service, backend),
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Reason ApplyAny(PacketSlot* slot, PacketWork* packet, ServiceRecord* service, BackendRecord* backend) => (SendForm)service->Send switch
    {
        SendForm.L2 => ToNeighbour(slot, packet, backend),
        SendForm.Gre when packet->Outer != null => GreRewrite.Apply(slot, packet, backend),
        _ => Tunnel.Apply(slot, packet, service, backend),
    };

    /// <summary>The IP packet as it is, to the backend's MAC.</summary>
    private static Reason ToNeighbour(PacketSlot* slot, PacketWork* packet, BackendRecord* backend)
    {
        int length = packet->InnerLength;
        if (length > backend->MtuBytes) return Reason.TooBig;
        if (packet->Outer == null)
        {
            slot->Length = (int)(packet->Inner - slot->Data) + length;
        }
        else
        {
            byte outerClass = TrafficClass.Of(packet->Outer);
            if (!TrafficClass.CanTakeOver(packet->Inner, outerClass)) return Reason.BadHeader;
            TrafficClass.TakeOver(packet->Inner, outerClass);
            // Taken out of GRE there is room enough.
            Framing.Reframe(slot, packet, 0, length, packet->IsIpv6 ? EtherType.Ipv6Raw : EtherType.Ipv4Raw);
        }

        Framing.WriteMacs(slot->Data, backend->Macs);
        return Reason.None;
    }
}

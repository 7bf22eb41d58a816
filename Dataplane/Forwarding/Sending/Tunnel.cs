using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>New headers in front of a packet that came plain or was taken out of GRE: IP, and what the send form has behind it.</summary>
internal static unsafe class Tunnel
{
    private const ushort GuePort = 6080, VxlanPort = 4789, GenevePort = 6081;
    private const int GueBytes = 4, OverlayBytes = 8;

    /// <summary>The reason if the packet cannot leave; nothing is changed then.</summary>
    public static Reason Apply(PacketSlot* slot, PacketWork* packet, ServiceRecord* service, BackendRecord* backend)
    {
        SendForm form = (SendForm)service->Send;
        bool isIpv6 = packet->IsIpv6;
        int length = packet->InnerLength, behindIp = BytesBehindIp(form);
        if (length + behindIp + OuterHeader.Bytes(backend) > backend->MtuBytes) return Reason.TooBig;
        byte outerClass = packet->Outer != null ? TrafficClass.Of(packet->Outer) : (byte)0;
        if (!TrafficClass.CanTakeOver(packet->Inner, outerClass)) return Reason.BadHeader;
        byte* at = Framing.Reframe(slot, packet, OuterHeader.Bytes(backend) + behindIp, length, OuterHeader.EtherTypeOf(backend));
        if (at == null) return Reason.TooBig;
        TrafficClass.TakeOver(packet->Inner, outerClass);
        // RFC 6040 section 4.1, normal mode: DSCP and ECN as the inner header has them.
        byte trafficClass = TrafficClass.Of(packet->Inner);
        OuterHeader.Write(at, backend, Protocol(form, isIpv6), trafficClass, behindIp + length, packet->Hash);
        WriteBehindIp(at, packet, service, backend, form, isIpv6, length);
        Framing.WriteMacs(slot->Data, backend->Macs);
        return Reason.None;
    }

    /// <summary>Bytes in front of the inner packet as it leaves.</summary>
    public static int Overhead(ServiceRecord* service, BackendRecord* backend) => OuterHeader.Bytes(backend) + BytesBehindIp((SendForm)service->Send);

    private static int BytesBehindIp(SendForm form) => form switch
    {
        SendForm.Gre => GreHeader.Size,
        SendForm.Gue => UdpHeader.Size + GueBytes,
        SendForm.Vxlan or SendForm.Geneve => UdpHeader.Size + OverlayBytes + EthernetHeader.Size,
        _ => 0,
    };

    private static byte Protocol(SendForm form, bool isIpv6) => form switch
    {
        SendForm.Gre => IpProtocol.Gre,
        SendForm.Ipip => isIpv6 ? IpProtocol.Ipv6 : IpProtocol.Ipv4,
        _ => IpProtocol.Udp,
    };

    private static void WriteBehindIp(byte* ip, PacketWork* packet, ServiceRecord* service, BackendRecord* backend, SendForm form, bool isIpv6, int length)
    {
        byte* at = ip + OuterHeader.Bytes(backend);
        switch (form)
        {
            case SendForm.Gre:
                *(uint*)at = isIpv6 ? GreHeader.PlainIpv6Raw : GreHeader.PlainIpv4Raw;
                break;
            case SendForm.Gue:
                // Variant 0, no control, no extensions; then the inner protocol and no flags (draft-ietf-intarea-gue section 3.1).
                *(uint*)(at + UdpHeader.Size) = (uint)(isIpv6 ? IpProtocol.Ipv6 : IpProtocol.Ipv4) << 8;
                WriteUdp(ip, backend, packet, GuePort, UdpHeader.Size + GueBytes + length);
                break;
            case SendForm.Vxlan:
                // RFC 7348 section 5: the I flag, then the VNI.
                WriteOverlay(at, 0x0000_0008, service, isIpv6);
                WriteUdp(ip, backend, packet, VxlanPort, UdpHeader.Size + OverlayBytes + EthernetHeader.Size + length);
                break;
            case SendForm.Geneve:
                // RFC 8926 section 3.4: version 0, no options, Ethernet inside (0x6558), then the VNI.
                WriteOverlay(at, 0x5865_0000, service, isIpv6);
                WriteUdp(ip, backend, packet, GenevePort, UdpHeader.Size + OverlayBytes + EthernetHeader.Size + length);
                break;
        }
    }

    private static void WriteOverlay(byte* udp, uint firstRaw, ServiceRecord* service, bool isIpv6)
    {
        byte* at = udp + UdpHeader.Size;
        *(uint*)at = firstRaw;
        *(uint*)(at + 4) = service->VniRaw;
        Framing.WriteMacs(at + OverlayBytes, service->InnerMacs);
        *(ushort*)(at + OverlayBytes + 12) = isIpv6 ? EtherType.Ipv6Raw : EtherType.Ipv4Raw;
    }

    /// <summary>Last, since over IPv6 the checksum covers all that follows (RFC 8200 section 8.1); over IPv4 it is 0 (RFC 7348 section 5).</summary>
    private static void WriteUdp(byte* ip, BackendRecord* backend, PacketWork* packet, ushort port, int length)
    {
        UdpHeader* udp = (UdpHeader*)(ip + OuterHeader.Bytes(backend));
        udp->SourcePort.Value = FlowPort(packet->Hash);
        udp->DestinationPort.Value = port;
        udp->Length.Value = (ushort)length;
        udp->Checksum = 0;
        if (backend->Address.IsIpv4) return;
        udp->Checksum = PseudoHeader.Checksum((Ipv6Header*)ip, (byte*)udp, length, IpProtocol.Udp);
    }

    /// <summary>49152-65535 by the flow, so that paths and queues spread flows (RFC 7348 section 5, RFC 8086 section 3.1).</summary>
    private static ushort FlowPort(ulong hash) => (ushort)(0xC000 | ((hash >> 16) & 0x3FFF));
}

using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>Judges a packet that is for a VIP: lengths, checksums, fragments. What is not for a VIP is never judged.</summary>
internal static unsafe class Validator
{
    /// <summary><see cref="Reason.None"/>, or why the packet is dropped.</summary>
    /// <param name="end">Bounds the frame.</param>
    /// <param name="inner">Of the packet that names the VIP; sound if none is returned.</param>
    public static Reason Check(ref PacketWork work, byte* end, out IpPacket inner)
    {
        inner = default;
        byte* first = work.First;
        Reason defect = CheckHeader(first, end, out byte* firstEnd);
        if (defect != Reason.None) return defect;
        // No device brings one; what is longer than IPv4 can say would not fit here.
        if (firstEnd - first > ushort.MaxValue) return Reason.BadLength;
        work.PacketLength = (ushort)(firstEnd - first);
        byte* innerEnd = firstEnd;
        if (work.Outer != null)
        {
            defect = CheckGre(work, firstEnd, out innerEnd);
            if (defect != Reason.None) return defect;
        }

        work.InnerLength = (ushort)(innerEnd - work.Inner);
        defect = IpReader.Read(work.Inner, innerEnd, out inner);
        return defect != Reason.None || inner.FragmentOffset != 0 ? defect : CheckTransport(inner, Ipv6Header.IsAt(work.Inner));
    }

    /// <param name="end">Bounds the packet.</param>
    /// <param name="packetEnd">As the header says.</param>
    private static Reason CheckHeader(byte* header, byte* end, out byte* packetEnd)
    {
        packetEnd = end;
        if (Ipv6Header.IsAt(header))
        {
            int payload = ((Ipv6Header*)header)->PayloadLength.Value;
            if (payload > end - header - Ipv6Header.Size) return Reason.BadLength;
            packetEnd = header + Ipv6Header.Size + payload;
            return Reason.None;
        }

        Ipv4Header* ip = (Ipv4Header*)header;
        int total = ip->TotalLength.Value;
        if (total < ip->HeaderLength || total > end - header) return Reason.BadLength;
        packetEnd = header + total;
        return InternetChecksum.VerifyIpv4(header, ip->HeaderLength) ? Reason.None : Reason.BadChecksum;
    }

    private static Reason CheckGre(in PacketWork work, byte* outerEnd, out byte* innerEnd)
    {
        innerEnd = outerEnd;
        if (!Ipv6Header.IsAt(work.Outer) && ((Ipv4Header*)work.Outer)->IsFragment) return Reason.FragmentUnknown;
        if (outerEnd - work.Inner < (work.IsIpv6 ? Ipv6Header.Size : Ipv4Header.Size)) return Reason.BadLength;
        Reason defect = CheckHeader(work.Inner, outerEnd, out innerEnd);
        // A GRE checksum that is wrong says why the inner packet may be.
        if (defect == Reason.BadLength) return defect;
        byte* gre = GreHeader.Behind(work.Outer);
        if (((GreHeader*)gre)->HasChecksum && !InternetChecksum.Verify(gre, (int)(outerEnd - gre))) return Reason.BadChecksum;
        return defect;
    }

    /// <summary>A first fragment need only hold what is read here.</summary>
    private static Reason CheckTransport(in IpPacket packet, bool isIpv6)
    {
        int length = packet.TransportLength;
        if (packet.IsIcmp(isIpv6)) return length < IcmpHeader.Size ? Reason.Runt : Reason.None;
        return packet.Protocol switch
        {
            IpProtocol.Tcp => CheckTcp((TcpHeader*)packet.Transport, length, packet.IsFragment),
            IpProtocol.Udp => CheckUdp((UdpHeader*)packet.Transport, length, packet.IsFragment),
            _ => Reason.None,
        };
    }

    private static Reason CheckTcp(TcpHeader* tcp, int length, bool isFragment)
    {
        if (length < TcpHeader.Size) return Reason.Runt;
        if (tcp->HeaderLength < TcpHeader.Size) return Reason.BadHeader;
        return tcp->HeaderLength > length && !isFragment ? Reason.BadLength : Reason.None;
    }

    private static Reason CheckUdp(UdpHeader* udp, int length, bool isFragment)
    {
        if (length < UdpHeader.Size) return Reason.Runt;
        int stated = udp->Length.Value;
        return stated < UdpHeader.Size || (stated > length && !isFragment) ? Reason.BadLength : Reason.None;
    }
}

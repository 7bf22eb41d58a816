using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>Judges a packet that is for a VIP: lengths, checksums, fragments. What is not for a VIP is never judged.</summary>
internal static unsafe class Validator
{
    /// <summary><see cref="Reason.None"/>, or why the packet is dropped. <paramref name="end"/> bounds the frame.</summary>
    public static Reason Check(ref PacketWork work, byte* end)
    {
        Ipv4Header* first = work.Outer != null ? work.Outer : work.Inner;
        long available = end - (byte*)first;
        int total = first->TotalLength.Value;
        if (total < first->HeaderLength || total > available) return Reason.BadLength;
        work.PacketLength = (ushort)total;
        if (!InternetChecksum.VerifyIpv4((byte*)first, first->HeaderLength)) return Reason.BadChecksum;
        return work.Outer == null ? CheckTransport(work.Inner, total) : CheckGre(ref work, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Reason CheckGre(ref PacketWork work, int total)
    {
        Ipv4Header* outer = work.Outer;
        if (outer->IsFragment) return Reason.FragmentUnknown;
        byte* payload = (byte*)outer + outer->HeaderLength;
        int payloadLength = total - outer->HeaderLength;
        int innerAvailable = total - (int)((byte*)work.Inner - (byte*)outer);
        Ipv4Header* inner = work.Inner;
        int innerTotal = inner->TotalLength.Value;
        if (innerTotal < inner->HeaderLength || innerTotal > innerAvailable) return Reason.BadLength;
        if (((GreHeader*)payload)->HasChecksum && !InternetChecksum.Verify(payload, payloadLength)) return Reason.BadChecksum;
        if (!InternetChecksum.VerifyIpv4((byte*)inner, inner->HeaderLength)) return Reason.BadChecksum;
        return CheckTransport(inner, innerTotal);
    }

    /// <summary>A first fragment need only hold what is read here; a later one holds no ports at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Reason CheckTransport(Ipv4Header* ip, int total)
    {
        if (ip->FragmentOffset != 0) return Reason.FragmentUnknown;
        byte* transport = (byte*)ip + ip->HeaderLength;
        int length = total - ip->HeaderLength;
        return ip->Protocol switch
        {
            IpProtocol.Tcp => CheckTcp((TcpHeader*)transport, length, ip->IsFragment),
            IpProtocol.Udp => CheckUdp((UdpHeader*)transport, length, ip->IsFragment),
            IpProtocol.Icmp => length < IcmpHeader.Size ? Reason.Runt : Reason.None,
            _ => Reason.None,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>
/// Finds the header that names the destination. Every read is bounded by the frame; docs/design/packet-classes.md lists the rules,
/// which the XDP program applies too: what it redirects and what this calls the host's must never differ.
/// </summary>
internal static unsafe class Parser
{
    /// <summary>Extension headers that GRE may stand behind; routers put one there (RFC 2473 section 4.1.1).</summary>
    private const int MostExtensionsBeforeGre = 4;

    /// <summary>True: <see cref="PacketWork.Inner"/> (and Outer) are set and their fixed parts readable. False: the verdict is in.</summary>
    public static bool TryLocate(in PacketSlot slot, MacFilter mac, ref PacketWork work)
    {
        if (slot.Length < EthernetHeader.Size) return Dropped(ref work, Reason.Runt);
        if (mac.Difference(slot.Data) != 0) return Host(ref work);
        byte* end = slot.Data + slot.Length, at = slot.Data + EthernetHeader.Size;
        ushort type = TypeBefore(at);
        for (int tags = 0; EtherType.IsTag(type) && tags < EthernetHeader.MostTags; tags++)
        {
            at += EthernetHeader.TagSize;
            if (at > end) return Dropped(ref work, Reason.Runt);
            type = TypeBefore(at);
        }

        bool isIpv6 = type == EtherType.Ipv6Raw;
        if (!isIpv6 && type != EtherType.Ipv4Raw) return Host(ref work);
        if (!TryIp(at, end, isIpv6, ref work)) return false;
        work.Outer = null;
        work.Inner = at;
        byte* gre = isIpv6 ? GreOfIpv6((Ipv6Header*)at, end) : GreOfIpv4((Ipv4Header*)at);
        return gre == null || TryGre(gre, end, ref work);
    }

    /// <summary>Only a first fragment shows what is inside; the others go by their own destination.</summary>
    private static byte* GreOfIpv4(Ipv4Header* ip) => ip->Protocol == IpProtocol.Gre && ip->FragmentOffset == 0 ? (byte*)ip + ip->HeaderLength : null;

    private static byte* GreOfIpv6(Ipv6Header* ip, byte* end)
    {
        byte next = ip->NextHeader;
        byte* at = (byte*)(ip + 1);
        for (int steps = 0; steps < MostExtensionsBeforeGre && next is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions; steps++)
        {
            if (end - at < 8) return null;
            next = at[0];
            at += (at[1] + 1) * 8;
            if (at > end) return null;
        }

        return next == IpProtocol.Gre ? at : null;
    }

    private static bool TryGre(byte* at, byte* end, ref PacketWork work)
    {
        GreHeader* gre = (GreHeader*)at;
        if (end - at < GreHeader.Size) return Dropped(ref work, Reason.Runt);
        bool isIpv6 = gre->Protocol.Raw == EtherType.Ipv6Raw;
        if (!isIpv6 && gre->Protocol.Raw != EtherType.Ipv4Raw) return true;
        if ((gre->FlagsAndVersion.Value & GreHeader.Unsupported) != 0) return Dropped(ref work, Reason.GreUnsupported);
        byte* inner = at + gre->HeaderLength;
        if (inner > end) return Dropped(ref work, Reason.Runt);
        work.Outer = work.Inner;
        work.Inner = inner;
        return TryIp(inner, end, isIpv6, ref work);
    }

    private static bool TryIp(byte* at, byte* end, bool isIpv6, ref PacketWork work)
    {
        long available = end - at;
        if (available < (isIpv6 ? Ipv6Header.Size : Ipv4Header.Size)) return Dropped(ref work, Reason.Runt);
        if (isIpv6) return ((Ipv6Header*)at)->IsSane || Dropped(ref work, Reason.BadHeader);
        Ipv4Header* ip = (Ipv4Header*)at;
        if (!ip->IsSane) return Dropped(ref work, Reason.BadHeader);
        return ip->HeaderLength <= available || Dropped(ref work, Reason.Runt);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort TypeBefore(byte* at) => Unsafe.ReadUnaligned<ushort>(at - 2);

    private static bool Dropped(ref PacketWork work, Reason reason)
    {
        work.Drop(reason);
        return false;
    }

    private static bool Host(ref PacketWork work)
    {
        work.LeaveToHost();
        return false;
    }
}

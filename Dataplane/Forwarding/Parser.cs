using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Finds the header that names the destination. Every read is bounded by the frame; docs/design/packet-classes.md lists the rules,
/// which the XDP program applies too: what it redirects and what this calls the host's must never differ.
/// </summary>
internal static unsafe class Parser
{
    /// <summary>True: <see cref="PacketWork.Inner"/> (and Outer) are set and their fixed 20 bytes readable. False: the verdict is in.</summary>
    public static bool TryLocate(in PacketSlot slot, MacFilter mac, ref PacketWork work)
    {
        if (slot.Length < EthernetHeader.Size) return Dropped(ref work, Reason.Runt);
        EthernetHeader* ethernet = (EthernetHeader*)slot.Data;
        if (ethernet->EtherType.Raw != EtherType.Ipv4Raw || mac.Difference(slot.Data) != 0) return Host(ref work);
        byte* end = slot.Data + slot.Length;
        Ipv4Header* ip = (Ipv4Header*)(slot.Data + EthernetHeader.Size);
        if (!TryIpv4(ip, end, ref work)) return false;
        work.Outer = null;
        work.Inner = ip;
        if (ip->Protocol != IpProtocol.Gre) return true;
        // Only a first fragment shows what is inside; the others go by their own destination.
        return ip->FragmentOffset != 0 || TryGre(ip, end, ref work);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryGre(Ipv4Header* outer, byte* end, ref PacketWork work)
    {
        GreHeader* gre = (GreHeader*)((byte*)outer + outer->HeaderLength);
        if (end - (byte*)gre < GreHeader.Size) return Dropped(ref work, Reason.Runt);
        if (gre->Protocol.Raw != EtherType.Ipv4Raw) return true;
        if ((gre->FlagsAndVersion.Value & GreHeader.Unsupported) != 0) return Dropped(ref work, Reason.GreUnsupported);
        byte* inner = (byte*)gre + gre->HeaderLength;
        if (inner > end) return Dropped(ref work, Reason.Runt);
        work.Outer = outer;
        work.Inner = (Ipv4Header*)inner;
        return TryIpv4(work.Inner, end, ref work);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryIpv4(Ipv4Header* ip, byte* end, ref PacketWork work)
    {
        long available = end - (byte*)ip;
        if (available < Ipv4Header.Size) return Dropped(ref work, Reason.Runt);
        if (!ip->IsSane) return Dropped(ref work, Reason.BadHeader);
        return ip->HeaderLength <= available || Dropped(ref work, Reason.Runt);
    }

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

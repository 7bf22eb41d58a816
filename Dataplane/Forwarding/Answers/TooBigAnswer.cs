using System.Buffers.Binary;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Sending;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Answers;

/// <summary>Tells the sender of a packet that would not fit how long it may be: ICMP 3/4 (RFC 1191) or ICMPv6 2 (RFC 4443 section 3.2).</summary>
internal static unsafe class TooBigAnswer
{
    private const byte TimeToLive = 64;

    /// <summary>The whole answer (RFC 1812 section 4.3.2.3); IPv6's is as long as every path carries.</summary>
    private const int MostIpv4Bytes = 576;

    /// <summary>No answer about an error or to more or less than one host; none about a fragment that is not the first (RFC 1122 section 3.2.2).</summary>
    public static bool IsDue(PacketWork* packet)
    {
        if (packet->Role is PacketRole.Error or PacketRole.LaterFragment) return false;
        IpKey source = IpAddresses.SourceOf(packet->Inner);
        return IpAddresses.IsOneHost(source) && !source.Equals(IpAddresses.DestinationOf(packet->Inner));
    }

    /// <summary>The frame becomes the answer. False, and nothing is changed: there is no room for it.</summary>
    /// <param name="mtu">Bytes, of the packet that names the VIP.</param>
    public static bool TryWrite(PacketSlot* slot, PacketWork* packet, int mtu) => packet->IsIpv6 ? TryWriteIpv6(slot, packet, mtu) : TryWriteIpv4(slot, packet, mtu);

    private static bool TryWriteIpv4(PacketSlot* slot, PacketWork* packet, int mtu)
    {
        const int Headers = Ipv4Header.Size + IcmpHeader.Size;
        int quoted = Math.Min((int)packet->InnerLength, MostIpv4Bytes - Headers);
        (uint client, uint vip) = (((Ipv4Header*)packet->Inner)->Source, ((Ipv4Header*)packet->Inner)->Destination);
        byte* at = Framing.Reframe(slot, packet, Headers, quoted, EtherType.Ipv4Raw);
        if (at == null) return false;
        Ipv4Header* ip = (Ipv4Header*)at;
        *ip = new Ipv4Header { VersionAndLength = Ipv4Header.WithoutOptions, TimeToLive = TimeToLive, Protocol = IpProtocol.Icmp, Source = vip, Destination = client };
        ip->TotalLength.Value = (ushort)(Headers + quoted);
        ip->FragmentField.Raw = Ipv4Header.DontFragmentRaw;
        ip->Checksum = InternetChecksum.Compute(at, Ipv4Header.Size);
        IcmpHeader* icmp = (IcmpHeader*)(ip + 1);
        *icmp = new IcmpHeader { Type = IcmpHeader.Unreachable, Code = IcmpHeader.FragmentationNeeded, RestRaw = BinaryPrimitives.ReverseEndianness((uint)(ushort)mtu) };
        icmp->Checksum = InternetChecksum.Compute((byte*)icmp, IcmpHeader.Size + quoted);
        Framing.SwapMacs(slot->Data);
        return true;
    }

    private static bool TryWriteIpv6(PacketSlot* slot, PacketWork* packet, int mtu)
    {
        const int Headers = Ipv6Header.Size + IcmpHeader.Size;
        int quoted = Math.Min((int)packet->InnerLength, Ipv6Header.MinMtuBytes - Headers);
        (IpKey client, IpKey vip) = (((Ipv6Header*)packet->Inner)->Source, ((Ipv6Header*)packet->Inner)->Destination);
        byte* at = Framing.Reframe(slot, packet, Headers, quoted, EtherType.Ipv6Raw);
        if (at == null) return false;
        Ipv6Header* ip = (Ipv6Header*)at;
        *ip = new Ipv6Header { FirstWordRaw = 0x60, NextHeader = IpProtocol.Icmpv6, HopLimit = TimeToLive, Source = vip, Destination = client };
        ip->PayloadLength.Value = (ushort)(IcmpHeader.Size + quoted);
        IcmpHeader* icmp = (IcmpHeader*)(ip + 1);
        *icmp = new IcmpHeader { Type = IcmpHeader.Ipv6PacketTooBig, RestRaw = BinaryPrimitives.ReverseEndianness((uint)Math.Max(mtu, Ipv6Header.MinMtuBytes)) };
        icmp->Checksum = PseudoHeader.Checksum(ip, (byte*)icmp, IcmpHeader.Size + quoted, IpProtocol.Icmpv6);
        Framing.SwapMacs(slot->Data);
        return true;
    }
}

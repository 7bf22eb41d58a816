using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>
/// What came as GRE and leaves as GRE: the GRE header stays with all its options; the IP header around it is rewritten where it is, or
/// replaced by one of the other version.
/// </summary>
internal static unsafe class GreRewrite
{
    /// <summary>IPv4 without options to a backend of IPv4. False, and nothing is changed: TTL or length forbid it.</summary>
    /// <param name="wrong">Not 0: false.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInPlace(PacketSlot* slot, BackendRecord* backend, ulong wrong = 0)
    {
        const ulong DontFragment = (ulong)Ipv4Header.DontFragmentRaw << 48, ToIdentification = 0x0000_FFFF_FFFF_FFFF;
        byte* ip = slot->Data + EthernetHeader.Size;
        ulong first = Unsafe.ReadUnaligned<ulong>(ip);
        uint second = Unsafe.ReadUnaligned<uint>(ip + 8);
        int timeToLive = (byte)second, length = (ushort)(BinaryPrimitives.ReverseEndianness(first) >> 32);
        if ((((uint)((timeToLive - 2) | (backend->MtuBytes - length)) >> 31) | wrong) != 0) return false;
        OuterHeader.WriteIpv4(ip, (first & ToIdentification) | DontFragment, (second & 0xFFFF) - 1, backend);
        Framing.WriteMacs(ip - EthernetHeader.Size, backend->Macs);
        slot->Length = EthernetHeader.Size + length;
        return true;
    }

    /// <summary>Any other. The reason if the packet cannot leave; nothing is changed then.</summary>
    public static Reason Apply(PacketSlot* slot, PacketWork* packet, BackendRecord* backend)
    {
        bool isIpv6 = Ipv6Header.IsAt(packet->Outer), staysSo = isIpv6 != backend->Address.IsIpv4;
        int timeToLive = isIpv6 ? ((Ipv6Header*)packet->Outer)->HopLimit : ((Ipv4Header*)packet->Outer)->TimeToLive;
        if (timeToLive <= 1) return Reason.TtlExpired;
        if (packet->InGreLength + Overhead(packet, backend) > backend->MtuBytes) return Reason.TooBig;
        if (!staysSo) return Replace(slot, packet, backend, (byte)(timeToLive - 1));
        if (isIpv6) RewriteIpv6((Ipv6Header*)packet->Outer, backend);
        else RewriteIpv4((Ipv4Header*)packet->Outer, backend);
        Framing.WriteMacs(slot->Data, backend->Macs);
        slot->Length = (int)(packet->Outer - slot->Data) + packet->PacketLength;
        return Reason.None;
    }

    /// <summary>Bytes in front of the inner packet as it leaves.</summary>
    public static int Overhead(PacketWork* packet, BackendRecord* backend)
    {
        bool staysSo = Ipv6Header.IsAt(packet->Outer) != backend->Address.IsIpv4;
        return staysSo ? (int)(packet->Inner - packet->Outer) : OuterHeader.Bytes(backend) + (int)(packet->Inner - GreHeader.Behind(packet->Outer));
    }

    private static void RewriteIpv4(Ipv4Header* outer, BackendRecord* backend)
    {
        outer->TimeToLive--;
        outer->FragmentField.Raw = Ipv4Header.DontFragmentRaw;
        outer->Source = backend->Source.Ipv4;
        outer->Destination = backend->Address.Ipv4;
        outer->Checksum = 0;
        outer->Checksum = InternetChecksum.ComputeIpv4((byte*)outer, outer->HeaderLength);
    }

    private static void RewriteIpv6(Ipv6Header* outer, BackendRecord* backend)
    {
        outer->HopLimit--;
        outer->Source = backend->Source;
        outer->Destination = backend->Address;
    }

    /// <summary>What the old header told of hops, class and congestion the new one tells: two balancers must not send a packet round for ever.</summary>
    private static Reason Replace(PacketSlot* slot, PacketWork* packet, BackendRecord* backend, byte timeToLive)
    {
        byte* gre = GreHeader.Behind(packet->Outer);
        int greBytes = (int)(packet->Inner - gre), length = greBytes + packet->InGreLength;
        byte trafficClass = TrafficClass.Of(packet->Outer);
        // What moves begins with the GRE header.
        packet->Inner = gre;
        byte* at = Framing.Reframe(slot, packet, OuterHeader.Bytes(backend), length, OuterHeader.EtherTypeOf(backend));
        packet->Inner += greBytes;
        if (at == null) return Reason.TooBig;
        OuterHeader.Write(at, backend, IpProtocol.Gre, trafficClass, length, packet->Hash, timeToLive);
        Framing.WriteMacs(slot->Data, backend->Macs);
        return Reason.None;
    }
}

using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Ports;

/// <summary>What lies before a frame's IP packet: the Ethernet header and up to two VLAN tags, as rule 2 of docs/design/packet-classes.md has it.</summary>
internal readonly unsafe struct LinkHeader
{
    private const ushort CustomerTagRaw = 0x0081, ServiceTagRaw = 0xA888;
    private const ushort Ipv6Raw = 0xDD86;
    private const int TypeBytes = 2, TagBytes = 4, MaxTags = 2;

    private LinkHeader(int bytes, ushort typeRaw)
    {
        Bytes = bytes;
        IsIp = typeRaw is EtherType.Ipv4Raw or Ipv6Raw;
    }

    /// <summary>With the tags; the last two are the type of what follows.</summary>
    public int Bytes { get; }

    public bool IsIp { get; }

    /// <summary>None, of no bytes, if the frame cuts it off.</summary>
    public static LinkHeader Of(in PacketSlot frame)
    {
        int bytes = EthernetHeader.Size;
        for (int tags = 0; bytes <= frame.Length; tags++, bytes += TagBytes)
        {
            ushort type = *(ushort*)(frame.Data + bytes - TypeBytes);
            if (tags == MaxTags || type is not (CustomerTagRaw or ServiceTagRaw)) return new LinkHeader(bytes, type);
        }

        return default;
    }

    /// <summary>
    /// The same header in front of the packet <paramref name="skipped"/> bytes further on, over what lay there; the type is that of the packet, which
    /// need not be of the family of its tunnel.
    /// </summary>
    public void MoveUp(byte* frame, int skipped)
    {
        Buffer.MemoryCopy(frame, frame + skipped, Bytes, Bytes);
        byte* packet = frame + skipped + Bytes;
        *(ushort*)(packet - TypeBytes) = (*packet & 0xF0) == 0x60 ? Ipv6Raw : EtherType.Ipv4Raw;
    }
}

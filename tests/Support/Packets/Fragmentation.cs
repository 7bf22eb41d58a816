namespace RustyRail.Tests.Support.Packets;

/// <summary>A packet in pieces, as its sender cuts it: checksums are those of the whole.</summary>
public static class Fragmentation
{
    /// <summary>One fragment of the innermost IP packet.</summary>
    /// <param name="offset">First byte of the fragmentable part, a multiple of 8; for IPv6 that part begins behind hop-by-hop options and routing.</param>
    /// <param name="bytes">How many of them; the last fragment has what is left.</param>
    public static PacketBuilder Fragment(this PacketBuilder packet, int offset, int bytes, uint id)
    {
        if (offset % 8 != 0) throw new ArgumentException("fragments begin at multiples of 8", nameof(offset));
        int network = packet.Headers.FindLastIndex(header => header is NetworkLayer);
        int first = packet.Headers.FindIndex(network + 1, header => header is not Ipv6ExtensionLayer { Kind: Ipv6ExtensionKind.HopByHop or Ipv6ExtensionKind.Routing });
        if (first < 0) first = packet.Headers.Count;
        byte protocol = first < packet.Headers.Count ? packet.Headers[first].IpProtocol : ProtocolOf(packet.Headers[network]);
        byte[] whole = packet.Build(first);
        int end = Math.Min(offset + bytes, whole.Length);
        bool more = end < whole.Length;
        PacketBuilder around = packet with { Headers = packet.Headers.GetRange(0, first) };
        around = packet.Headers[network] is Ipv4Layer ip
            ? around with { Headers = around.Headers.SetItem(network, Ipv4Fragment(ip, offset, more, (ushort)id, protocol)) }
            : around.FragmentHeader(id, offset, more, protocol);
        return around.Payload(whole[offset..end]);
    }

    private static Ipv4Layer Ipv4Fragment(Ipv4Layer whole, int offset, bool more, ushort id, byte protocol) => whole with
    {
        Identification = id,
        Protocol = protocol,
        FragmentField = (ushort)(whole.FragmentField | (offset / 8) | (more ? Ipv4Layer.MoreFragments : 0)),
    };

    private static byte ProtocolOf(Header network) => network switch
    {
        Ipv4Layer { Protocol: { } protocol } => protocol,
        Ipv6Layer { NextHeader: { } next } => next,
        _ => 253,
    };
}

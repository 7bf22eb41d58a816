namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>
/// The end of one form of tunnel for one outer family: takes packets from its socket and finds the inner packet or the reason why there is
/// none. Allocates nothing per packet. Owner: the thread that receives.
/// </summary>
internal abstract class TunnelReceiver(TunnelSocket socket, SourcePrefixes sources) : IDisposable
{
    public int Descriptor => socket.Descriptor;

    /// <summary>False: nothing waits. On <see cref="DecapReason.Delivered"/> the inner packet is <paramref name="buffer"/>[inner].</summary>
    public bool TryReceive(Span<byte> buffer, out DecapReason outcome, out Range inner)
    {
        inner = default;
        outcome = default;
        if (!socket.TryReceive(buffer, out Arrival arrival)) return false;
        outcome = Decapsulate(buffer[..arrival.Bytes], arrival, socket.HasOuterHeader, out inner);
        return true;
    }

    public void Dispose() => socket.Dispose();

    internal DecapReason Decapsulate(Span<byte> packet, Arrival arrival, bool hasOuterHeader, out Range inner)
    {
        inner = default;
        if (hasOuterHeader && !OuterIpv4.TryIntroduce(packet, arrival.IsFragment, out arrival)) return DecapReason.Runt;
        if (!sources.Allows(arrival.Source)) return DecapReason.SourceNotAllowed;
        if (arrival.IsFragment) return DecapReason.FragmentUnknown;
        (int start, int end) = (0, packet.Length);
        DecapReason outcome = hasOuterHeader ? OuterIpv4.Judge(packet, out start, out end) : DecapReason.Delivered;
        if (outcome != DecapReason.Delivered) return outcome;
        outcome = Open(packet[start..end], out TunnelContent content);
        if (outcome != DecapReason.Delivered) return outcome;

        start += content.HeaderBytes;
        outcome = InnerPacket.Judge(packet[start..end], content.IsIpv6, out int length);
        if (outcome != DecapReason.Delivered) return outcome;
        if (!Congestion.TryCarry(arrival.Congestion, packet.Slice(start, length), content.IsIpv6)) return DecapReason.CongestionNotCarried;
        inner = start..(start + length);
        return DecapReason.Delivered;
    }

    /// <summary>Judges the form's own header, which <paramref name="payload"/> begins with.</summary>
    protected abstract DecapReason Open(ReadOnlySpan<byte> payload, out TunnelContent content);
}

/// <param name="HeaderBytes">Of the form's header, all options included; never more than the payload has.</param>
/// <param name="IsIpv6">The inner packet's version.</param>
internal readonly record struct TunnelContent(int HeaderBytes, bool IsIpv6);

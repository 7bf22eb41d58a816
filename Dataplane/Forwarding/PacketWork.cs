using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>One packet's way through the passes of a batch; reused batch after batch. Owner: the worker.</summary>
internal unsafe struct PacketWork
{
    /// <summary>Of an IPv4 flow.</summary>
    public FlowKey Key;
    public ulong Hash;

    /// <summary>Of an IPv6 flow, kept beside the batch; null for IPv4.</summary>
    public Ipv6FlowKey* Ipv6Key;

    /// <summary>Outer IP header of router-made GRE, or null for a plain packet.</summary>
    public byte* Outer;

    /// <summary>The IP header that names the VIP: inner of GRE, or the packet's own.</summary>
    public byte* Inner;

    public int Service;

    /// <summary>-1: not chosen yet.</summary>
    public int Backend;

    /// <summary>Length of the whole IP packet, outer header included, Ethernet padding excluded.</summary>
    public ushort PacketLength;

    /// <summary>Of the packet that names the VIP, which need not fill the outer one.</summary>
    public ushort InnerLength;
    public Verdict Verdict;

    /// <summary>Says nothing of a packet that is forwarded.</summary>
    public Reason Reason;

    /// <summary>TCP flags, 0 for other protocols.</summary>
    public byte TcpFlags;
    public PacketRole Role;

    public readonly FlowClass Class => Ipv6Key == null ? Key.Class : Ipv6Key->Class;

    /// <summary>The first IP header of the frame.</summary>
    public readonly byte* First => Outer != null ? Outer : Inner;

    public readonly bool IsIpv6 => Ipv6Header.IsAt(Inner);

    /// <summary>The same, and what lies behind it in GRE.</summary>
    public readonly int InGreLength => PacketLength - (int)(Inner - First);

    /// <summary>Who made the outer header, as <see cref="KnownMatches"/> names it; 0 without one. Until it is rewritten; IPv4 only.</summary>
    public readonly ulong Router => Outer == null ? 0 : KnownMatches.Router(((Ipv4Header*)Outer)->Source);

    /// <summary>Of a fragment: what it has in common with the others of its packet.</summary>
    public readonly FragmentKey ReadFragmentKey()
    {
        IpReader.Read(Inner, Inner + InnerLength, out IpPacket inner);
        return FragmentKey.Of(Inner, inner);
    }

    /// <summary>What holds until something else is found.</summary>
    public void Begin()
    {
        Ipv6Key = null;
        Outer = null;
        Service = Backend = -1;
        TcpFlags = 0;
        Verdict = Verdict.Forwarded;
        Reason = Reason.None;
        Role = PacketRole.Flow;
    }

    public void Drop(Reason reason)
    {
        Verdict = Verdict.Dropped;
        Reason = reason;
    }

    public void LeaveToHost()
    {
        Verdict = Verdict.Host;
        Reason = Reason.NoService;
    }

    public void Answer(Reason reason)
    {
        Verdict = Verdict.Answered;
        Reason = reason;
    }
}

/// <summary>What a packet is to its flow.</summary>
internal enum PacketRole : byte
{
    /// <summary>One of its packets.</summary>
    Flow,

    /// <summary>The same, and others follow that show no ports.</summary>
    FirstFragment,

    /// <summary>Follows a first fragment, wherever that went.</summary>
    LaterFragment,

    /// <summary>An ICMP error about it: leaves no trace.</summary>
    Error,

    /// <summary>An echo request that this node answers.</summary>
    Echo,
}

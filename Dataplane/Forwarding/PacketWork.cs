using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>One packet's way through the passes of a batch; reused batch after batch. Owner: the worker.</summary>
internal unsafe struct PacketWork
{
    public FlowKey Key;
    public ulong Hash;

    /// <summary>Outer IPv4 header of router-made GRE, or null for a plain packet.</summary>
    public Ipv4Header* Outer;

    /// <summary>The header that names the VIP: inner of GRE, or the packet's own. Used to match and to judge; not set for the usual form.</summary>
    public Ipv4Header* Inner;

    public int Service;

    public int Backend;

    /// <summary>Length of the whole IP packet, outer header included, Ethernet padding excluded.</summary>
    public ushort PacketLength;
    public Verdict Verdict;
    public Reason Reason;

    /// <summary>TCP flags, 0 for other protocols.</summary>
    public byte TcpFlags;

    /// <summary>Who made the outer header, as <see cref="KnownMatches"/> names it; 0 without one. Until it is rewritten.</summary>
    public readonly ulong Router => Outer == null ? 0 : KnownMatches.Router(Outer->Source);

    /// <summary>What holds until something else is found.</summary>
    public void Begin()
    {
        Outer = null;
        Service = Backend = -1;
        TcpFlags = 0;
        Verdict = Verdict.Forwarded;
        Reason = Reason.None;
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
}

using System.Collections.Immutable;
using Akka.Actor;
using RustyRail.Contract;
using RustyRail.Contract.Region;

namespace RustyRail.Actors.Protocol;

/// <summary>Flows that are at another backend than the table says, from node to node. Only <see cref="HeldFlows"/> and <see cref="FlowsTaken"/> travel.</summary>
internal static class ExceptionsProtocol
{
    public enum Telling : byte
    {
        /// <summary>More of what the sender holds.</summary>
        Addition = 0,

        /// <summary>All that the sender holds: after its last part, what it told before and not again is over.</summary>
        Whole = 1,

        /// <summary>What the sender was told by others, for a node that has just come.</summary>
        Inherited = 2,
    }

    /// <summary>One batch, below 64 KB; answered with <see cref="FlowsTaken"/>, and the next one waits for that.</summary>
    /// <param name="Incarnation">Of the sending actor; counts of a later one say nothing about an earlier one's.</param>
    /// <param name="Round">Counts what is told; batches of one round differ by <paramref name="Part"/>.</param>
    /// <param name="Backends">By name: slots are each node's own.</param>
    public sealed record HeldFlows(
        string Node, long Incarnation, long Round, int Part, bool IsLast, Telling Telling, ImmutableArray<BackendId> Backends, ImmutableArray<ToldFlow> Flows)
    {
        public bool Equals(HeldFlows? other) =>
            other is not null
            && (Node, Incarnation, Round, Part, IsLast, Telling) == (other.Node, other.Incarnation, other.Round, other.Part, other.IsLast, other.Telling)
            && Backends.SequenceEqual(other.Backends)
            && Flows.SequenceEqual(other.Flows);

        public override int GetHashCode() => HashCode.Combine(Node, Incarnation, Round, Part, Flows.Length);
    }

    /// <param name="Hash">The flow's, by the cluster's key: 64 bits, so that of 10^8 flows one in 3 million clusters meets a foreign exception.</param>
    /// <param name="Backend">Index into the batch's backends.</param>
    /// <param name="Age">Since the sender saw a packet of it, in steps of the flow clock.</param>
    public readonly record struct ToldFlow(ulong Hash, int Backend, FlowClass Class, FlowState State, int Age);

    /// <summary>The batch is in the receiver's exception table, as far as it has room.</summary>
    public sealed record FlowsTaken(string Node, long Incarnation, long Round, int Part);

    /// <summary>Another node is reachable; told again when it is so again. <paramref name="Peer"/> takes <see cref="HeldFlows"/>.</summary>
    public sealed record PeerFound(string Node, ICanTell Peer);

    /// <summary>It is out of reach, or gone: what it told stays until it expires.</summary>
    public sealed record PeerLost(string Node);

    /// <summary>This node belongs to a cluster, and the peers found until now are those that it has to wait for.</summary>
    public sealed record PeersKnown;

    /// <summary>Asks for one <see cref="ExceptionsReport"/>.</summary>
    public sealed record GetExceptions;

    /// <param name="Told">Every peer has told what it holds since this node came, or it was waited for in vain: part of being ready.</param>
    /// <param name="Pending">A scan is under way, or a reachable peer has something to acknowledge.</param>
    /// <param name="Held">Flows of this node's tables that its peers are told of.</param>
    /// <param name="Known">Flows that peers told of and that have not ended.</param>
    /// <param name="Placed">Of these, in the exception table: their backends are known here.</param>
    /// <param name="Sent">Flows told to peers and acknowledged, renewals included; likewise <paramref name="Received"/>.</param>
    /// <param name="Overflowed">Times that a flow found no room, here or in what is told.</param>
    /// <param name="LastScan">How long reading the flow tables took.</param>
    /// <param name="LastSync">From a publication until every reachable peer had acknowledged what it changed; null before the first.</param>
    public sealed record ExceptionsReport(
        bool Told, bool Pending, int Peers, int Held, int Known, int Placed, int Capacity, long Sent, long Received, long Overflowed, TimeSpan LastScan, TimeSpan? LastSync);
}

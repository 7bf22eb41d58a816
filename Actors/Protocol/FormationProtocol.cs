using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract.Hashing;

namespace RustyRail.Actors.Protocol;

/// <summary>What nodes say to each other before they are in one cluster. The answer goes to whoever knocked.</summary>
public static class FormationProtocol
{
    /// <summary>Travels between nodes, whatever the version of their programs; its format is only ever extended.</summary>
    public interface IFormationMessage;

    /// <summary>Who speaks.</summary>
    /// <param name="Format">Of messages and replicated values that this program writes.</param>
    /// <param name="OldestFormat">That it still reads.</param>
    /// <param name="Program">Its version, for people.</param>
    /// <param name="Uid">Of this incarnation of its actor system.</param>
    /// <param name="KeyFingerprint">Of the cluster's key; empty: this node has none yet.</param>
    public sealed record NodeCard(int Format, int OldestFormat, string Program, string Node, int Uid, string KeyFingerprint)
    {
        public bool HasKey => KeyFingerprint.Length > 0;
    }

    /// <summary>Is there a cluster where you are? Answered with one of the next three.</summary>
    public sealed record Knock(NodeCard Card) : IFormationMessage;

    /// <summary>There is.</summary>
    /// <param name="Key">The cluster's, for a node that has none.</param>
    public sealed record Inside(NodeCard Card, ImmutableArray<InsideMember> Members, FlowHashKey? Key) : IFormationMessage;

    public readonly record struct InsideMember(string Address, int Uid, bool Reachable);

    /// <summary>Not yet: this node looks for one, too.</summary>
    public sealed record Outside(NodeCard Card) : IFormationMessage;

    /// <summary>This node and the one that knocked do not belong together.</summary>
    /// <param name="IsInside">Whoever says so is in a cluster. Programs of the first days do not say it.</param>
    public sealed record TurnedAway(NodeCard Card, string Reason, bool IsInside = false) : IFormationMessage;

    /// <summary>Where former members were, to the door of this node; it decides nothing before.</summary>
    public sealed record FormerMembers(ImmutableArray<IPEndPoint> Addresses);

    /// <summary>Asks the door of this node what keeps it from others. Answered with <see cref="DoorReport"/>.</summary>
    public sealed record GetDoor;

    /// <param name="Problems">One line each; none: it is with the others, or by itself as it should be.</param>
    public sealed record DoorReport(ImmutableArray<string> Problems);
}

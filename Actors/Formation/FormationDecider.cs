using System.Collections.Immutable;
using Akka.Actor;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Formation;

/// <summary>What was heard of another node lately.</summary>
/// <param name="Rank">Place in the list of seeds; nodes that are in none come after.</param>
internal sealed record Neighbour(Address Address, int Rank, IFormationMessage Said);

/// <summary>What a node without a cluster knows.</summary>
/// <param name="Waited">Since it began to look.</param>
/// <param name="HasFormerPeers">It has been in a cluster with others, who may live and be out of reach.</param>
internal sealed record Outlook(Address Self, int Rank, bool HasKey, bool HasFormerPeers, ImmutableArray<Neighbour> Neighbours, bool AllHaveAnswered, TimeSpan Waited);

internal abstract record FormationStep
{
    public sealed record Wait : FormationStep;

    public sealed record Join(Address Address) : FormationStep;

    public sealed record Found : FormationStep;
}

/// <summary>
/// Join any cluster that there is; begin one only when nobody else does. Of several nodes that could, those of a former cluster come before fresh ones and
/// then the list of seeds decides; fresh nodes other than the first seed never begin one, so that two keys cannot arise. Who is turned away by a cluster begins
/// none beside it: the routers would spread flows over both. Pure.
/// </summary>
internal static class FormationDecider
{
    /// <summary>How long silent nodes are waited for: a second or two to start, and time for connections to be tried more than once.</summary>
    public static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    // Those it knew may be alive behind a fault of the network.
    public static readonly TimeSpan FormerPeersPatience = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan PatiencePerRank = TimeSpan.FromSeconds(5);

    /// <summary>How long the others are let go first. Nodes whose lists of seeds differ could wait for each other.</summary>
    public static readonly TimeSpan Deference = TimeSpan.FromSeconds(60);

    public static FormationStep Decide(Outlook own)
    {
        Neighbour? inside = own.Neighbours.Where(neighbour => neighbour.Said is Inside).OrderByDescending(neighbour => Weight((Inside)neighbour.Said)).FirstOrDefault();
        if (inside is not null) return new FormationStep.Join(inside.Address);
        if (!MayFound(own.HasKey, own.Rank) || IsTurnedAway(own)) return new FormationStep.Wait();
        if (own.Waited < Deference && own.Neighbours.Any(neighbour => neighbour.Said is Outside outside && IsBefore(neighbour, outside, own))) return new FormationStep.Wait();

        return own.AllHaveAnswered || own.Waited >= Patience(own) ? new FormationStep.Found() : new FormationStep.Wait();
    }

    private static int Weight(Inside inside) => inside.Members.Count(member => member.Reachable);

    private static bool MayFound(bool hasKey, int rank) => hasKey || rank == 0;

    // One stray node that began first must not keep the nodes of the cluster out that belong here: they hear each other.
    private static bool IsTurnedAway(Outlook own) =>
        own.Neighbours.Any(neighbour => neighbour.Said is TurnedAway { IsInside: true }) && !own.Neighbours.Any(neighbour => neighbour.Said is Outside { Card.HasKey: true });

    private static bool IsBefore(Neighbour neighbour, Outside outside, Outlook own)
    {
        if (!MayFound(outside.Card.HasKey, neighbour.Rank)) return false;
        if (outside.Card.HasKey != own.HasKey) return outside.Card.HasKey;
        int byRank = neighbour.Rank.CompareTo(own.Rank);
        return byRank < 0 || (byRank == 0 && string.CompareOrdinal(neighbour.Address.ToString(), own.Self.ToString()) < 0);
    }

    private static TimeSpan Patience(Outlook own) =>
        (own.HasFormerPeers ? FormerPeersPatience : FirstPatience) + (PatiencePerRank * Math.Min(own.Rank, 6));
}

using Akka.Actor;
using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Replication;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// The replicator tells of changed keys in rounds, one message per key in any order. Only whole rounds may be merged: between the keys of one round an
/// apply can look half done (its backends are already in one pool's key and the root has not been told of yet). A question sent at the first message of
/// a round is answered after its last.
/// </summary>
internal sealed class NotifiedKeys(IActorRef replicator, IActorRef self)
{
    private static readonly object RoundEnd = new();

    private readonly List<Changed> _round = [];

    public static bool IsRoundEnd(IGetResponse answer) => ReferenceEquals(answer.Request, RoundEnd);

    public void Add(Changed changed)
    {
        _round.Add(changed);
        if (_round.Count == 1) replicator.Tell(Dsl.Get(CatalogueKey.Root, ReadLocal.Instance, RoundEnd), self);
    }

    /// <summary>At the answer: what the round brought, merged into <paramref name="state"/>.</summary>
    public CatalogueState MergeInto(CatalogueState state)
    {
        foreach (Changed changed in _round) state = state.Merge(changed.Key.Id, (IReplicatedData)changed.Data);
        _round.Clear();
        return state;
    }
}

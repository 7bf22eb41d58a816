using Akka.Actor;
using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;

namespace RustyRail.Actors.Catalogue;

/// <summary>Which keys the catalogue actor follows: the root, the change log, and as they become known the pools'. At start also: which of them it still waits for.</summary>
internal sealed class KeyLoading(IActorRef replicator, IActorRef self)
{
    private readonly HashSet<string> _followed = [];
    private readonly HashSet<string> _awaited = [];

    /// <summary>Everything asked for by <see cref="Load"/> has been answered, the pools that those answers named included.</summary>
    public bool AllLoaded => _awaited.Count == 0;

    public void Load(IKey key)
    {
        if (!TryFollow(key)) return;
        _awaited.Add(key.Id);
        replicator.Tell(new Get(key, ReadLocal.Instance), self);
    }

    /// <param name="pools">Those known by now.</param>
    public void Loaded(IKey key, IEnumerable<PoolId> pools)
    {
        _awaited.Remove(key.Id);
        foreach (PoolId pool in pools) Load(CatalogueKey.ForPool(pool));
    }

    public void Follow(IEnumerable<PoolId> pools)
    {
        foreach (PoolId pool in pools) TryFollow(CatalogueKey.ForPool(pool));
    }

    private bool TryFollow(IKey key)
    {
        if (!_followed.Add(key.Id)) return false;
        replicator.Tell(new Subscribe(key, self), self);
        return true;
    }
}

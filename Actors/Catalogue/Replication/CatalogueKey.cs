using Akka.DistributedData;
using RustyRail.Contract;

namespace RustyRail.Actors.Catalogue.Replication;

/// <summary>
/// Names of the catalogue's keys in DistributedData. The root key has the services and the pools' settings, a pool's key its backends, so that the change
/// of a backend sends one pool. An edit that touches more than one pool is written whole to the root key - one write, one row on disk, one message - and
/// its backends are copied to their pools' keys once every node has it. What the catalogue says is the merge of all keys.
/// </summary>
internal sealed class CatalogueKey(string id) : Key<CatalogueEntries>(id)
{
    private const string PoolPrefix = "catalogue/pool/";

    /// <summary>For <c>durable.keys</c>: everything of the catalogue.</summary>
    public const string DurablePattern = "catalogue*";

    public static CatalogueKey Root { get; } = new("catalogue");

    public static CatalogueKey ForPool(PoolId pool) => new(PoolPrefix + pool.Name);
}

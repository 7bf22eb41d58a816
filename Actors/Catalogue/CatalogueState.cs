using System.Collections.Immutable;
using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// What this node knows of the catalogue: the merge of all keys (<see cref="Latest"/>), the root key by itself, and what they say to the rest of the
/// pipeline. Immutable. Nodes that hold the same entries have the same specification, whatever order these came in.
/// </summary>
internal sealed class CatalogueState
{
    // Worked out when first asked for: loading merges a thousand keys before anyone asks.
    private CatalogueSpec? _spec;
    private string? _specDigest;

    private CatalogueState(CatalogueEntries latest, CatalogueEntries root, ChangeLog changes)
    {
        Latest = latest;
        Root = root;
        Changes = changes;
    }

    public static CatalogueState Empty { get; } = new(CatalogueEntries.Empty, CatalogueEntries.Empty, ChangeLog.Empty);

    /// <summary>The latest entry per id, tombstones included, from whichever key.</summary>
    public CatalogueEntries Latest { get; }

    public CatalogueEntries Root { get; }

    /// <summary>How it came to be so; says nothing to the pipeline.</summary>
    public ChangeLog Changes { get; }

    public CatalogueSpec Spec => _spec ??= CatalogueProjection.Project(Latest);

    public string SpecDigest => _specDigest ??= SpecificationDigest.Of(Spec);

    /// <summary>Every pool that ever was, removed ones included: their keys still hold entries.</summary>
    public IEnumerable<PoolId> PoolsEver => Latest.Map.Keys.TakeWhile(id => id.Kind == EntryKind.Pool).Select(id => new PoolId(id.Pool));

    /// <summary>For the next edit of this node: later than everything it has seen.</summary>
    public Stamp NextStamp(string node)
    {
        long seen = Root.Settled.Values.DefaultIfEmpty().Max();
        foreach (Entry entry in Latest.Map.Values)
        {
            seen = Math.Max(seen, Math.Max(entry.Life.Counter, entry.Edited.Counter));
        }

        return new Stamp(seen + 1, node);
    }

    /// <summary>Merges what arrived under <paramref name="key"/>. Returns this very state when it says nothing new.</summary>
    public CatalogueState Merge(string key, IReplicatedData value) => value is ChangeLog changes ? Merge(changes) : Merge(key, (CatalogueEntries)value);

    public CatalogueState Merge(string key, CatalogueEntries entries)
    {
        CatalogueEntries root = key == CatalogueKey.Root.Id && !Root.Contains(entries) ? Root.Merge(entries) : Root;
        if (Latest.Contains(entries) || entries.Map.IsEmpty) return ReferenceEquals(root, Root) ? this : SayingTheSame(root, Changes);
        return new CatalogueState(Latest.Merge(CatalogueEntries.Of(entries.Map)), root, Changes);
    }

    public CatalogueState Merge(ChangeLog changes) => Changes.Contains(changes) ? this : SayingTheSame(Root, Changes.Merge(changes));

    private CatalogueState SayingTheSame(CatalogueEntries root, ChangeLog changes) => new(Latest, root, changes) { _spec = _spec, _specDigest = _specDigest };
}

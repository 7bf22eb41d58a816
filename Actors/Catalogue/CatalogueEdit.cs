using System.Collections.Immutable;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;

namespace RustyRail.Actors.Catalogue;

/// <summary>One edit: entries that land together, because they are one write to one key.</summary>
internal sealed record CatalogueEdit(CatalogueKey Key, CatalogueEntries Entries)
{
    /// <summary>The change that this takes back.</summary>
    public Change? Undoes { get; init; }

    public static CatalogueEdit Of(EntryId id, Entry entry) => Of([new KeyValuePair<EntryId, Entry>(id, entry)]);

    /// <summary>Backends of one pool go to that pool's key, everything else to the root.</summary>
    public static CatalogueEdit Of(IReadOnlyCollection<KeyValuePair<EntryId, Entry>> entries)
    {
        string pool = entries.First().Key.Pool;
        bool withinOnePool = entries.All(pair => pair.Key.Kind == EntryKind.Backend && pair.Key.Pool == pool);
        return new CatalogueEdit(withinOnePool ? CatalogueKey.ForPool(new PoolId(pool)) : CatalogueKey.Root, CatalogueEntries.Of(entries));
    }
}

/// <summary>Either reasons against it, or an edit, or neither: all is as wanted already.</summary>
internal sealed record EditDecision(ImmutableArray<string> Reasons, CatalogueEdit? Edit)
{
    public static EditDecision NothingToDo { get; } = new([], null);

    public bool IsRejected => Reasons.Length > 0;

    public static EditDecision Rejected(params string[] reasons) => new([.. reasons], null);

    public static EditDecision Accepted(CatalogueEdit? edit) => edit is null ? NothingToDo : new EditDecision([], edit);
}

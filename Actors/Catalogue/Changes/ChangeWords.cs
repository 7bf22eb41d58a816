using System.Collections.Immutable;
using System.Globalization;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Catalogue.Changes;

/// <summary>Changes in words.</summary>
internal static class ChangeWords
{
    public static string Of(ICatalogueCommand command, IReadOnlyCollection<ChangedEntry> entries, Change? undone) => command switch
    {
        AddBackend add => $"backend add {add.Backend.Id} {add.Backend.Address}",
        RemoveBackend remove => $"backend remove {remove.Backend}",
        SetBackendState { State: BackendState.Draining } set => $"backend drain {set.Backend}",
        SetBackendState set => $"backend enable {set.Backend}",
        SetBackendWeight set => string.Create(CultureInfo.InvariantCulture, $"backend weight {set.Backend} {set.Weight}"),
        UndoChange => $"undo {undone?.Id} ({undone?.What})",
        _ => $"apply: {Counts(entries)}",
    };

    /// <summary>One line per entry, as <c>apply --dry-run</c> prints them.</summary>
    public static ImmutableArray<string> Lines(IEnumerable<ChangedEntry> entries) =>
        [.. entries.Select(entry => DescribedEntry.Difference(Described(entry.Before), Described(entry.After))).OfType<string>()];

    public static string NameOf(EntryId id) => id.Kind switch
    {
        EntryKind.Pool => $"pool {id.Pool}",
        EntryKind.Backend => $"backend {id.Pool}/{id.Name}",
        _ => $"service {id.Name}",
    };

    private static string Counts(IReadOnlyCollection<ChangedEntry> entries)
    {
        int added = entries.Count(entry => entry.Before is null);
        int removed = entries.Count(entry => entry.After is null);
        return string.Create(CultureInfo.InvariantCulture, $"{added} added, {entries.Count - added - removed} changed, {removed} removed");
    }

    private static DescribedEntry? Described(EntryValue? value) => value switch
    {
        PoolEntry pool => DescribedEntry.Of(pool.Settings),
        BackendEntry backend => DescribedEntry.Of(backend.Backend),
        ServiceEntry service => DescribedEntry.Of(service.Service),
        _ => null,
    };
}

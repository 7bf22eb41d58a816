using System.Globalization;
using RustyRail.Actors.Catalogue.Replication;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// A key travels whole, in one message, and what does not fit into one would be discarded unsaid. So an edit that would let a key grow beyond that is
/// refused. Tombstones count: nothing ever takes them away, since a node that was away for long may still hold what they removed.
/// </summary>
internal static class KeyBound
{
    /// <summary>Below the frame limit (ClusterHosting) by what envelopes and estimates need.</summary>
    public const long MaxBytes = 3_500_000;

    // Per entry, beside its names: kind, lengths, two stamps, and the value with an IPv6 address. Pools and services have a path or more fields.
    private const int TombstoneBytes = 14;
    private const int BackendBytes = 38;
    private const int OtherBytes = 112;

    /// <returns>null when the edit fits.</returns>
    public static string? Refusal(CatalogueState state, CatalogueEdit edit)
    {
        string pool = edit.Entries.Map.Keys.First().Pool;
        IEnumerable<KeyValuePair<EntryId, Entry>> present = edit.Key.Equals(CatalogueKey.Root)
            ? state.Root.Map
            : state.Latest.Map.Where(pair => pair.Key.Kind == EntryKind.Backend && pair.Key.Pool == pool);
        long before = 0;
        long bytes = edit.Entries.Map.Sum(pair => Bytes(pair.Key, pair.Value));
        foreach ((EntryId id, Entry entry) in present)
        {
            before += Bytes(id, entry);
            if (!edit.Entries.Map.ContainsKey(id)) bytes += Bytes(id, entry);
        }

        // What makes it no larger is no part of the problem, whatever concurrent edits have made of it.
        return bytes <= Math.Max(before, MaxBytes) ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{edit.Key.Id}: this change would make it {bytes / 1e6:0.0} MB, and nodes send each other {MaxBytes / 1e6:0.0} MB at most; names of removed backends count, a new pool name begins without");
    }

    private static int Bytes(EntryId id, Entry entry) =>
        id.Pool.Length + id.Name.Length + (entry.IsTombstone ? TombstoneBytes : entry.Value is BackendEntry ? BackendBytes : OtherBytes + PathBytes(entry));

    private static int PathBytes(Entry entry) => entry.Value is PoolEntry pool ? pool.Settings.Health.Path.Length : 0;
}

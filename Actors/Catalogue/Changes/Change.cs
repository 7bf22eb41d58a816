using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Protocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Catalogue.Changes;

/// <summary>One accepted change, as every node remembers it.</summary>
/// <param name="Stamp">That of the entries it wrote; its counter is the change's number.</param>
/// <param name="When">By its author's clock, which decides nothing.</param>
/// <param name="What">The command, in the words of the command line.</param>
/// <param name="Undoes">The change that this one took back.</param>
/// <param name="PackedBytes">The size of <paramref name="Entries"/>, also once these are gone.</param>
/// <param name="Entries">What undoing it needs. Null: too much to keep, or too long ago (<see cref="ChangeLog"/>).</param>
internal sealed record Change(Stamp Stamp, DateTimeOffset When, Author By, string What, Stamp? Undoes, int PackedBytes, PackedEntries? Entries)
{
    public ChangeId Id => new(Stamp.Counter, Stamp.Node);

    public static Change Of(CatalogueState before, CatalogueEdit edit, ChangeRequest request, DateTimeOffset now)
    {
        ChangedEntry[] entries = [.. edit.Entries.Map.Select(pair => new ChangedEntry(pair.Key, before.Latest.Map.GetValueOrDefault(pair.Key)?.Value, pair.Value.Value))];
        PackedEntries packed = PackedEntries.Pack(entries);
        bool tooLarge = packed.Bytes.Length > ChangeLog.MaxPackedBytes;
        return new Change(
            edit.Entries.Map.Values.First().Edited,
            DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
            request.By,
            ChangeWords.Of(request.Command, entries, edit.Undoes),
            edit.Undoes?.Stamp,
            tooLarge ? 0 : packed.Bytes.Length,
            tooLarge ? null : packed);
    }
}

/// <summary>What a change made of one entry; null is an entry that does not exist.</summary>
internal sealed record ChangedEntry(EntryId Id, EntryValue? Before, EntryValue? After);

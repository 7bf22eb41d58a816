using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Protocol;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Catalogue.Changes;

/// <summary>
/// Takes a change back as a new one: each entry becomes what it was before. Refused when an entry is no longer what the change made of it, unless forced,
/// and always when it would take entries along that the change did not touch. Pure.
/// </summary>
internal static class UndoDecision
{
    private const int MaxNamed = 3;

    public static EditDecision Decide(CatalogueState state, UndoChange undo, string node, SpecificationLimits limits)
    {
        Change[] found = [.. Find(state.Changes, undo.Change)];
        if (found.Length == 0)
        {
            return EditDecision.Rejected(undo.Change is { } named
                ? $"change {named}: not among the last {ChangeLog.MaxChanges} (rustyrail history)"
                : "there is no change to undo");
        }

        if (found.Length > 1) return EditDecision.Rejected($"change {undo.Change} is ambiguous: say {string.Join(" or ", found.Select(change => change.Id))}");

        Change change = found[0];
        return change.Entries is { } entries
            ? Decide(state, change, entries.Unpack(), undo.Force, state.NextStamp(node), limits)
            : EditDecision.Rejected($"change {change.Id}: what it replaced was too much to keep; apply an earlier export instead");
    }

    private static IEnumerable<Change> Find(ChangeLog log, ChangeId? named) => named is { } id
        ? log.Changes.Values.Where(change => id.Names(change.Id))
        : log.NewestFirst.Where(change => change.Undoes is null && !log.IsUndone(change.Stamp)).Take(1);

    private static EditDecision Decide(
        CatalogueState state, Change change, IEnumerable<ChangedEntry> entries, bool force, Stamp stamp, SpecificationLimits limits)
    {
        var back = new List<KeyValuePair<EntryId, Entry>>();
        var changedLater = new List<string>();
        foreach (ChangedEntry entry in entries)
        {
            Entry? now = state.Latest.Map.GetValueOrDefault(entry.Id);
            if (now?.Value == entry.Before) continue;
            if (now?.Value != entry.After) changedLater.Add($"{ChangeWords.NameOf(entry.Id)} (by change {now?.Edited})");
            back.Add(new(entry.Id, Back(now, entry.Before, stamp)));
        }

        if (changedLater.Count > 0 && !force)
            return EditDecision.Rejected($"change {change.Id}: {List(changedLater)} changed again since; undo that first, or --force what was before");
        if (back.Count == 0) return EditDecision.Rejected($"change {change.Id}: all is as it was before it");

        CatalogueEdit edit = CatalogueEdit.Of(back) with { Undoes = change };
        string[] reasons = [.. Reasons(state, state.Merge(edit.Key.Id, edit.Entries), edit, limits).Select(reason => $"change {change.Id}: {reason}")];
        return reasons.Length > 0 ? EditDecision.Rejected(reasons) : EditDecision.Accepted(edit);
    }

    private static Entry Back(Entry? now, EntryValue? before, Stamp stamp) => (now, before) switch
    {
        (_, null) => Entry.Removed(stamp),
        (null or { IsTombstone: true }, _) => Entry.Added(stamp, before),
        _ => now.WithValue(stamp, before),
    };

    private static IEnumerable<string> Reasons(CatalogueState now, CatalogueState then, CatalogueEdit edit, SpecificationLimits limits)
    {
        HashSet<EntryId> touched = [.. edit.Entries.Map.Keys];
        string[] takenAlong = [.. Visible(now.Spec).Except(Visible(then.Spec)).Where(id => !touched.Contains(id)).Select(ChangeWords.NameOf)];
        IEnumerable<string> lost = takenAlong.Length > 0 ? [$"{List(takenAlong)} would go with the pool; remove that first"] : [];
        return [
            .. lost,
            .. CatalogueDiff.ChangedTableSizes(now.Spec, then.Spec),
            .. SpecificationValidator.Validate(then.Spec, limits).Except(SpecificationValidator.Validate(now.Spec, limits)),
        ];
    }

    private static IEnumerable<EntryId> Visible(CatalogueSpec spec) =>
        spec.Pools.Values.SelectMany(pool => pool.Backends.Keys).Select(EntryId.Of).Concat(spec.Services.Keys.Select(EntryId.Of));

    private static string List(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? $" and {names.Count - MaxNamed} more" : "");
}

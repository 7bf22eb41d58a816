using System.Collections.Immutable;
using RustyRail.Actors.Protocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;

namespace RustyRail.Actors.Catalogue.Changes;

/// <summary>The change log as it is told outside.</summary>
internal static class ChangeReports
{
    public static HistoryReport Of(ChangeLog log, ChangeId? only) => only is { } id
        ? new HistoryReport([.. log.NewestFirst.Where(change => id.Names(change.Id)).Select(change => Of(log, change, LinesOf(change)))])
        : new HistoryReport([.. log.NewestFirst.Select(change => Of(log, change, []))]);

    private static RememberedChange Of(ChangeLog log, Change change, ImmutableArray<string> lines) => new(
        change.Id,
        change.When,
        change.By,
        change.What,
        change.Undoes is { } undone ? new ChangeId(undone.Counter, undone.Node) : null,
        log.IsUndone(change.Stamp),
        change.Entries is not null,
        lines);

    private static ImmutableArray<string> LinesOf(Change change) => change.Entries is { } entries ? ChangeWords.Lines(entries.Unpack()) : [];
}

using System.Collections.Immutable;
using System.Globalization;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Protocol;

/// <summary>What the catalogue remembers of its changes.</summary>
public static class HistoryProtocol
{
    /// <summary>Asks for one <see cref="HistoryReport"/>: of the last changes or, with their lines, of those named <paramref name="Only"/>.</summary>
    public sealed record GetHistory(ChangeId? Only = null);

    /// <param name="Changes">Newest first.</param>
    public sealed record HistoryReport(ImmutableArray<RememberedChange> Changes);

    /// <param name="When">By the clock of the node that it was made on; the order is that of the numbers.</param>
    /// <param name="Undone">Taken back by a later change.</param>
    /// <param name="CanUndo">What it replaced is still kept.</param>
    /// <param name="Lines">What it did to each entry. Empty unless the change was asked for by name, or no longer kept.</param>
    public sealed record RememberedChange(
        ChangeId Id,
        DateTimeOffset When,
        Author By,
        string What,
        ChangeId? Undoes,
        bool Undone,
        bool CanUndo,
        ImmutableArray<string> Lines);
}

/// <summary>
/// A change's number, and the node that it was made on: edits that were made at once on two nodes have the same number. An empty <paramref name="Node"/>
/// is any.
/// </summary>
public readonly record struct ChangeId(long Number, string Node)
{
    public static bool TryParse(string text, out ChangeId id)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('@', 2);
        bool isId = long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && parts is [_] or [_, not ""];
        id = isId ? new ChangeId(number, parts.ElementAtOrDefault(1) ?? "") : default;
        return isId;
    }

    public bool Names(ChangeId change) => Number == change.Number && (Node is null or "" || Node == change.Node);

    public override string ToString() => string.IsNullOrEmpty(Node) ? $"{Number}" : $"{Number}@{Node}";
}

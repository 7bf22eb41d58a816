using System.Collections.Immutable;
using RustyRail.Actors.Protocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>The catalogue's last changes, and taking one back.</summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder routes, Pipeline pipeline)
    {
        routes.MapGet(AdminPaths.History, async () =>
            Results.Json(Entries(await pipeline.HistoryAsync(new GetHistory())), AdminJson.Readable.ImmutableArrayHistoryEntry));
        routes.MapGet(AdminPaths.Change, (string change) => ChangeId.TryParse(change, out ChangeId id)
            ? DetailsAsync(pipeline, id)
            : ChangeAnswers.Refuse(NotANumber(change)));
        routes.MapPost(AdminPaths.Undo, (HttpContext context, UndoRequest body) =>
        {
            if (body.Change is null) return ChangeAnswers.ChangeAsync(pipeline, context, new UndoChange(null, body.Force ?? false));
            return ChangeId.TryParse(body.Change, out ChangeId id)
                ? ChangeAnswers.ChangeAsync(pipeline, context, new UndoChange(id, body.Force ?? false))
                : ChangeAnswers.Refuse(NotANumber(body.Change));
        });
    }

    internal static string NotANumber(string change) => $"change \"{change}\" is not NUMBER or NUMBER@NODE";

    private static async Task<IResult> DetailsAsync(Pipeline pipeline, ChangeId id)
    {
        ImmutableArray<HistoryEntry> entries = Entries(await pipeline.HistoryAsync(new GetHistory(id)));
        return entries.IsEmpty
            ? await ChangeAnswers.Refuse($"change {id}: not among those that are remembered")
            : Results.Json(entries, AdminJson.Readable.ImmutableArrayHistoryEntry);
    }

    private static ImmutableArray<HistoryEntry> Entries(HistoryReport history) =>
    [
        .. history.Changes.Select(change => new HistoryEntry(
            change.Id.Number, change.Id.Node, change.When, change.By.User, change.By.Host, change.What, change.Undoes?.ToString(), change.Undone, change.CanUndo, change.Lines)),
    ];
}

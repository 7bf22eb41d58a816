using RustyRail.ControlPlane.Draining;

namespace RustyRail.ControlPlane.Admin;

/// <summary>This node's way out and back, one step at a time: whoever asks decides when the next is due.</summary>
internal static class DrainEndpoints
{
    public static void MapDraining(this IEndpointRouteBuilder routes, string node, NodeDrain drain, StatusReport status)
    {
        routes.MapGet(AdminPaths.Drain, () => AnswerAsync(""));
        routes.MapPost(AdminPaths.Drain, () =>
        {
            drain.Withdraw();
            return AnswerAsync("");
        });
        routes.MapPost(AdminPaths.Leave, async () => await AnswerAsync((await drain.LeaveAsync()).Why));
        routes.MapDelete(AdminPaths.Drain, async () =>
        {
            await drain.ReturnAsync();
            return await AnswerAsync("");
        });

        async Task<IResult> AnswerAsync(string why) =>
            Results.Json(new DrainStatus(node, Word(drain.Phase), drain.Forwarded, await ReadyAsync(status), why), AdminJson.Readable.DrainStatus);
    }

    public static string Word(DrainPhase phase) => phase.ToString().ToLowerInvariant();

    private static async Task<bool> ReadyAsync(StatusReport status)
    {
        try
        {
            return await status.IsReadyAsync();
        }
        catch (PipelineUnavailableException)
        {
            return false;
        }
    }
}

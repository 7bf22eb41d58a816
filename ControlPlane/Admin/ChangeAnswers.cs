using System.Collections.Immutable;
using Microsoft.Net.Http.Headers;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>
/// From an HTTP request to a change, and back. A version is the catalogue's specDigest: <c>GET</c> of the catalogue gives it as ETag, and a change with
/// <c>If-Match</c> is made of that version or of none (412).
/// </summary>
internal static class ChangeAnswers
{
    public static async Task<IResult> ChangeAsync(Pipeline pipeline, HttpContext context, ICatalogueCommand command)
    {
        if (!TryExpected(context, out string? expected)) return await Refuse("If-Match: one version in quotes is expected");
        return await pipeline.ChangeAsync(new ChangeRequest(command, ChangeAuthor.Of(context), expected)) switch
        {
            CatalogueAccepted accepted => Results.Json(
                new ChangeAccepted(accepted.SpecDigest, accepted.Reached, accepted.Members, accepted.Change?.ToString()), AdminJson.Readable.ChangeAccepted),
            CatalogueRejected rejected => Refused(rejected.Reasons),
            CatalogueOutdated outdated => Results.Json(
                new ChangeRefused([Outdated(outdated.Expected, outdated.SpecDigest)]), AdminJson.Readable.ChangeRefused, statusCode: StatusCodes.Status412PreconditionFailed),
            object other => throw new InvalidOperationException($"the catalogue answered {other.GetType().Name}"),
        };
    }

    public static string Outdated(string expected, string found) =>
        $"the catalogue is at version {found}, not at {expected}; nothing was changed (rustyrail history says what came between)";

    public static Task<IResult> Refuse(string reason) => Task.FromResult(Refused([reason]));

    public static IResult Refused(ImmutableArray<string> reasons) =>
        Results.Json(new ChangeRefused(reasons), AdminJson.Readable.ChangeRefused, statusCode: StatusCodes.Status422UnprocessableEntity);

    private static bool TryExpected(HttpContext context, out string? expected)
    {
        IList<EntityTagHeaderValue> tags = context.Request.GetTypedHeaders().IfMatch;
        expected = tags.Count == 1 && tags[0] != EntityTagHeaderValue.Any ? tags[0].Tag.ToString().Trim('"') : null;
        return context.Request.Headers.IfMatch.Count == 0 || tags.Count == 1;
    }
}

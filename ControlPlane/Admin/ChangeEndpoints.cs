using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>Changes of the catalogue. Answers once the change is durable here; the tables follow within milliseconds.</summary>
internal static class ChangeEndpoints
{
    private const string BodyName = "request body";

    public static void MapChanges(this IEndpointRouteBuilder routes, Pipeline pipeline)
    {
        routes.MapPost(AdminPaths.Backends, (NewBackend body) => AddAsync(pipeline, body));
        routes.MapDelete(AdminPaths.Backend, (string pool, string name) => ChangeAsync(pipeline, new RemoveBackend(Id(pool, name))));
        routes.MapPut(AdminPaths.BackendState, (string pool, string name, NewState body) =>
            body.State is { } word && SpecificationWords.States.TryGet(word, out BackendState state)
                ? ChangeAsync(pipeline, new SetBackendState(Id(pool, name), state))
                : Refuse(SpecificationWords.States.Refusal("state", $"\"{body.State}\"")));
        routes.MapPut(AdminPaths.BackendWeight, (string pool, string name, NewWeight body) =>
            body.Weight is { } weight ? ChangeAsync(pipeline, new SetBackendWeight(Id(pool, name), weight)) : Refuse("\"weight\" is missing"));
        routes.MapPut(AdminPaths.Catalogue, (HttpRequest request) => ApplyAsync(pipeline, request));
    }

    private static Task<IResult> AddAsync(Pipeline pipeline, NewBackend body)
    {
        if (body.Pool is not { Length: > 0 }) return Refuse("\"pool\" is missing");
        if (body.Name is not { Length: > 0 }) return Refuse("\"name\" is missing");
        if (body.Address is null || !AddressText.TryParse(body.Address, out IPAddress address)) return Refuse($"address \"{body.Address}\" is not an IP address");
        int weight = body.Weight ?? BackendSpec.DefaultWeight;
        return ChangeAsync(pipeline, new AddBackend(new BackendSpec(Id(body.Pool, body.Name), address, weight, BackendState.Active)));
    }

    private static async Task<IResult> ApplyAsync(Pipeline pipeline, HttpRequest request)
    {
        using MemoryStream text = new();
        await request.Body.CopyToAsync(text, request.HttpContext.RequestAborted);
        ParsedSpecification parsed = SpecificationParser.Parse(text.GetBuffer().AsSpan(0, (int)text.Length), BodyName, SpecificationLimits.Default);
        return parsed.Spec is { } spec
            ? await ChangeAsync(pipeline, new ApplyCatalogue(spec))
            : Refused([.. parsed.Errors.Select(error => error.ToString())]);
    }

    private static async Task<IResult> ChangeAsync(Pipeline pipeline, ICatalogueCommand command) => await pipeline.ChangeAsync(command) switch
    {
        CatalogueAccepted accepted => Results.Json(new ChangeAccepted(accepted.SpecDigest, accepted.Reached, accepted.Members), AdminJson.Readable.ChangeAccepted),
        CatalogueRejected rejected => Refused(rejected.Reasons),
        object other => throw new InvalidOperationException($"the catalogue answered {other.GetType().Name}"),
    };

    private static BackendId Id(string pool, string name) => new(new PoolId(pool), name);

    private static Task<IResult> Refuse(string reason) => Task.FromResult(Refused([reason]));

    private static IResult Refused(ImmutableArray<string> reasons) =>
        Results.Json(new ChangeRefused(reasons), AdminJson.Readable.ChangeRefused, statusCode: StatusCodes.Status422UnprocessableEntity);
}

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
        routes.MapPost(AdminPaths.Backends, (HttpContext context, NewBackend body) => AddAsync(pipeline, context, body));
        routes.MapDelete(AdminPaths.Backend, (HttpContext context, string pool, string name) => ChangeAnswers.ChangeAsync(pipeline, context, new RemoveBackend(Id(pool, name))));
        routes.MapPut(AdminPaths.BackendState, (HttpContext context, string pool, string name, NewState body) =>
            body.State is { } word && SpecificationWords.States.TryGet(word, out BackendState state)
                ? ChangeAnswers.ChangeAsync(pipeline, context, new SetBackendState(Id(pool, name), state))
                : ChangeAnswers.Refuse(SpecificationWords.States.Refusal("state", $"\"{body.State}\"")));
        routes.MapPut(AdminPaths.BackendWeight, (HttpContext context, string pool, string name, NewWeight body) =>
            body.Weight is { } weight ? ChangeAnswers.ChangeAsync(pipeline, context, new SetBackendWeight(Id(pool, name), weight)) : ChangeAnswers.Refuse("\"weight\" is missing"));
        routes.MapPut(AdminPaths.Catalogue, (HttpRequest request) => ApplyAsync(pipeline, request.HttpContext));
    }

    private static Task<IResult> AddAsync(Pipeline pipeline, HttpContext context, NewBackend body)
    {
        if (body.Pool is not { Length: > 0 }) return ChangeAnswers.Refuse("\"pool\" is missing");
        if (body.Name is not { Length: > 0 }) return ChangeAnswers.Refuse("\"name\" is missing");
        if (body.Address is null || !AddressText.TryParse(body.Address, out IPAddress address)) return ChangeAnswers.Refuse($"address \"{body.Address}\" is not an IP address");
        int weight = body.Weight ?? BackendSpec.DefaultWeight;
        return ChangeAnswers.ChangeAsync(pipeline, context, new AddBackend(new BackendSpec(Id(body.Pool, body.Name), address, weight, BackendState.Active)));
    }

    private static async Task<IResult> ApplyAsync(Pipeline pipeline, HttpContext context)
    {
        using MemoryStream text = new();
        await context.Request.Body.CopyToAsync(text, context.RequestAborted);
        ParsedSpecification parsed = SpecificationParser.Parse(text.GetBuffer().AsSpan(0, (int)text.Length), BodyName, SpecificationLimits.Default);
        return parsed.Spec is { } spec
            ? await ChangeAnswers.ChangeAsync(pipeline, context, new ApplyCatalogue(spec))
            : ChangeAnswers.Refused([.. parsed.Errors.Select(error => error.ToString())]);
    }

    private static BackendId Id(string pool, string name) => new(new PoolId(pool), name);
}

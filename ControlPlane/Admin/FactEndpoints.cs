using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Metrics;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>What can be asked without changing anything.</summary>
internal static class FactEndpoints
{
    public static void MapFacts(this IEndpointRouteBuilder routes, RegionFile region, Pipeline pipeline, StatusReport status)
    {
        routes.MapGet(AdminPaths.Live, () => Results.Text("live\n"));
        routes.MapGet(AdminPaths.Ready, async () => await status.IsReadyAsync()
            ? Results.Text("ready\n")
            : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        routes.MapGet(AdminPaths.Status, async () => Results.Json(await status.CollectAsync(), AdminJson.Readable.NodeStatus));
        routes.MapGet(AdminPaths.Services, async () => Results.Json(await ServicesAsync(region, pipeline), AdminJson.Readable.ImmutableArrayServiceStatus));
        routes.MapGet(AdminPaths.Backends, async () => Results.Json(await BackendsAsync(region, pipeline, countFlows: true), AdminJson.Readable.ImmutableArrayBackendStatus));
        routes.MapGet(AdminPaths.Metrics, async (HttpContext context) =>
        {
            // Without flows: counting them reads every table, and a monitoring system asks for ever.
            Exposition metrics = NodeMetrics.Of(await status.CollectAsync(), await ServicesAsync(region, pipeline), await BackendsAsync(region, pipeline, countFlows: false));
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await metrics.WriteAsync(context.Response.Body, context.RequestAborted);
        });
        routes.MapGet(AdminPaths.Catalogue, async (HttpContext context) =>
        {
            CatalogueChanged catalogue = await pipeline.CatalogueAsync();
            context.Response.Headers.ETag = $"\"{catalogue.SpecDigest}\"";
            return Results.Text(SpecificationWriter.Write(catalogue.Spec), "application/json");
        });
    }

    private static async Task<ImmutableArray<ServiceStatus>> ServicesAsync(RegionFile region, Pipeline pipeline)
    {
        CatalogueChanged catalogue = await pipeline.CatalogueAsync();
        HealthReport health = await pipeline.HealthAsync();
        EntryTraffic traffic = EntryTraffic.Read(region, countFlows: false);
        return [.. catalogue.Spec.Services.Values.Select(service => Of(service, catalogue.Spec.Pools.GetValueOrDefault(service.Pool), health, traffic[service.Id]))];
    }

    private static ServiceStatus Of(ServiceSpec service, PoolSpec? pool, HealthReport health, TrafficCounters traffic) => new(
        service.Id.Name,
        AddressText.Format(service.Vip),
        SpecificationWords.Protocols.WordOf(service.Protocol),
        service.Ports.ToString(),
        service.Pool.Name,
        SpecificationWords.SendForms.WordOf(service.Send),
        SpecificationWords.Affinities.WordOf(service.Affinity),
        pool?.Backends.Count ?? 0,
        pool?.Backends.Keys.Count(backend => health.Backends.GetValueOrDefault(backend)?.Health != Health.Down) ?? 0,
        traffic.Packets,
        traffic.Bytes,
        traffic.NewFlows);

    private static async Task<ImmutableArray<BackendStatus>> BackendsAsync(RegionFile region, Pipeline pipeline, bool countFlows)
    {
        CatalogueChanged catalogue = await pipeline.CatalogueAsync();
        HealthReport health = await pipeline.HealthAsync();
        EntryTraffic traffic = EntryTraffic.Read(region, countFlows);
        return
        [
            .. from pool in catalogue.Spec.Pools.Values
               from backend in pool.Backends.Values
               select Of(backend, pool.Health, health.Backends.GetValueOrDefault(backend.Id), traffic[backend.Id]),
        ];
    }

    private static BackendStatus Of(BackendSpec backend, HealthSpec check, HealthState? health, (TrafficCounters Counters, long Flows) traffic) => new(
        backend.Id.Pool.Name,
        backend.Id.Name,
        backend.Address.ToString(),
        backend.Weight,
        SpecificationWords.States.WordOf(backend.State),
        HealthWord(check, health),
        health?.Reason ?? "",
        health?.Since,
        traffic.Counters.Packets,
        traffic.Counters.Bytes,
        traffic.Counters.NewFlows,
        traffic.Flows);

    private static string HealthWord(HealthSpec check, HealthState? health) => (check.Type, health?.Health) switch
    {
        (HealthCheckType.None, _) => "unchecked",
        (_, Health.Up) => "up",
        (_, Health.Down) => "down",
        _ => "unknown",
    };
}

using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace Actors.Tests;

/// <summary>Small catalogues for tests.</summary>
internal static class SampleSpecs
{
    public static readonly PoolId Web = new("web");

    public static HealthSpec Tcp(double intervalSeconds = 2, double timeoutSeconds = 1, int rise = 2, int fall = 3, int port = 80) => new(
        HealthCheckType.Tcp, port, "", ProbePath.Direct, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromSeconds(timeoutSeconds), rise, fall);

    public static BackendId Id(string name, string pool = "web") => new(new(pool), name);

    public static BackendSpec Backend(string name, string address, int weight = 100, BackendState state = BackendState.Active, string pool = "web") =>
        new(Id(name, pool), IPAddress.Parse(address), weight, state);

    public static PoolSpec Pool(HealthSpec health, params BackendSpec[] backends) => Pool("web", health, backends);

    public static PoolSpec Pool(string name, HealthSpec health, params BackendSpec[] backends) =>
        new(new(name), TableSize: 251, health, MinHealthy: 1, OnTooFew.KeepAll, backends.ToImmutableSortedDictionary(backend => backend.Id, backend => backend));

    public static CatalogueSpec CatalogueOf(params PoolSpec[] pools) =>
        CatalogueSpec.Empty with { Pools = pools.ToImmutableSortedDictionary(pool => pool.Id, pool => pool) };

    public static CatalogueSpec WithService(this CatalogueSpec spec, string name, string vip, string pool = "web")
    {
        ServiceSpec service = new(new(name), IPNetwork.Parse(vip), Protocol.Tcp, new(80, 80), new(pool), SendForm.Gre, Affinity.FiveTuple);
        return spec with { Services = spec.Services.SetItem(service.Id, service) };
    }

    private static int _digests;

    /// <summary>Each call counts as another catalogue.</summary>
    public static CatalogueChanged Changed(params PoolSpec[] pools) => Changed(CatalogueOf(pools));

    public static CatalogueChanged Changed(CatalogueSpec spec) => new(spec, $"{Interlocked.Increment(ref _digests):x16}");
}

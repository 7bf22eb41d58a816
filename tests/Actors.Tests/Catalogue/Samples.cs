using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>Small catalogues to edit.</summary>
internal static class Samples
{
    public static readonly SpecificationLimits Limits = new(1_024, 1_024, 16_384, 1L << 27);

    public static PoolId Web { get; } = new("web");

    public static BackendSpec Backend(string name, int host, PoolId? pool = null) =>
        new(new BackendId(pool ?? Web, name), new IPAddress([10, (byte)(host >> 16), (byte)(host >> 8), (byte)host]), BackendSpec.DefaultWeight, BackendState.Active);

    public static PoolSpec Pool(string name, params BackendSpec[] backends) => new(
        new PoolId(name), PoolSpec.DefaultTableSize, HealthSpec.None with { Type = HealthCheckType.Tcp, Port = 80 }, PoolSpec.DefaultMinHealthy, OnTooFew.KeepAll,
        backends.ToImmutableSortedDictionary(backend => backend.Id, backend => backend));

    public static ServiceSpec Service(string name, string vip, string pool) => new(
        new ServiceId(name), IPNetwork.Parse(vip + "/32"), Contract.Specification.Protocol.Tcp, new PortRange(80, 80), new PoolId(pool), SendForm.Gre, Affinity.FiveTuple);

    public static CatalogueSpec Catalogue(IEnumerable<PoolSpec> pools, params ServiceSpec[] services) => new(
        pools.ToImmutableSortedDictionary(pool => pool.Id, pool => pool), services.ToImmutableSortedDictionary(service => service.Id, service => service));

    /// <summary>Pool "web" with server1 and server2, pool "mail" with server1, a service for each.</summary>
    public static CatalogueSpec WebAndMail { get; } = Catalogue(
        [Pool("web", Backend("server1", 1), Backend("server2", 2)), Pool("mail", Backend("server1", 1, new PoolId("mail")))],
        Service("web", "10.1.0.1", "web"), Service("mail", "10.1.0.2", "mail"));

    /// <summary>As many pools as asked, the backends shared out among them.</summary>
    public static CatalogueSpec Large(int pools, int backends) => Catalogue(
        Enumerable.Range(0, pools).Select(pool => Pool($"pool{pool}",
            [.. Enumerable.Range(0, backends).Where(n => n % pools == pool).Select(n => Backend($"server{n}", n + 1, new PoolId($"pool{pool}")))])),
        [.. Enumerable.Range(0, pools).Select(pool => Service($"service{pool}", $"10.200.{pool / 256}.{pool % 256}", $"pool{pool}"))]);
}

using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Configuration;

namespace ControlPlane.Tests.Configuration;

public sealed class TargetCatalogueTests
{
    [Fact]
    public void Two_targets_make_one_service_for_every_packet()
    {
        CatalogueSpec spec = Read("192.0.2.11;192.0.2.12").Catalogue([("192.0.2.11", IPAddress.Parse("192.0.2.11")), ("192.0.2.12", IPAddress.Parse("192.0.2.12"))]);

        ServiceSpec service = Assert.Single(spec.Services.Values);
        Assert.Equal(IPNetwork.Parse("0.0.0.0/0"), service.Vip);
        Assert.Equal(Protocol.Any, service.Protocol);
        Assert.True(service.Ports.IsAny);
        PoolSpec pool = spec.Pools[service.Pool];
        Assert.Equal(HealthCheckType.None, pool.Health.Type);
        Assert.Equal(["192.0.2.11", "192.0.2.12"], pool.Backends.Keys.Select(id => id.Name));
        Assert.Empty(SpecificationValidator.Validate(spec, SpecificationLimits.Default));
    }

    [Fact]
    public void Health_may_be_icmp()
    {
        CatalogueSpec spec = Read("192.0.2.11", ("RR_HEALTH", "icmp")).Catalogue([("192.0.2.11", IPAddress.Parse("192.0.2.11"))]);

        Assert.Equal(HealthCheckType.Icmp, spec.Pools[new PoolId("targets")].Health.Type);
        Assert.Empty(SpecificationValidator.Validate(spec, SpecificationLimits.Default));
    }

    [Fact]
    public void A_name_gives_one_backend_per_address()
    {
        TargetCatalogue targets = Read("server1.example");
        CatalogueSpec spec = targets.Catalogue([("server1.example", IPAddress.Parse("192.0.2.11")), ("server1.example", IPAddress.Parse("192.0.2.12"))]);

        Assert.True(targets.HasNames);
        Assert.Equal(["server1.example-192.0.2.11", "server1.example-192.0.2.12"], spec.Pools[new PoolId("targets")].Backends.Keys.Select(id => id.Name));
    }

    private static TargetCatalogue Read(string targets, params (string Name, string Value)[] others)
    {
        Dictionary<string, string> variables = others.ToDictionary(other => other.Name, other => other.Value);
        variables["RR_TARGET_IPS"] = targets;
        var errors = ImmutableArray.CreateBuilder<string>();
        TargetCatalogue? read = TargetCatalogue.Read(new EnvironmentVariables(variables), errors);
        Assert.Empty(errors);
        return read!;
    }
}

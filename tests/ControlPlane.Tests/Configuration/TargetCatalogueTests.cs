using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Configuration;

namespace ControlPlane.Tests.Configuration;

public sealed class TargetCatalogueTests
{
    [Fact]
    public void Two_targets_make_one_service_for_every_packet_of_each_family()
    {
        CatalogueSpec spec = Read("192.0.2.11;192.0.2.12").Catalogue([("192.0.2.11", IPAddress.Parse("192.0.2.11")), ("192.0.2.12", IPAddress.Parse("192.0.2.12"))]);

        Assert.Equal(
            [("targets", IPNetwork.Parse("0.0.0.0/0")), ("targets6", IPNetwork.Parse("::/0"))], spec.Services.Values.Select(service => (service.Id.Name, service.Vip)));
        Assert.All(spec.Services.Values, service => Assert.Equal((Protocol.Any, true, "targets"), (service.Protocol, service.Ports.IsAny, service.Pool.Name)));
        PoolSpec pool = Assert.Single(spec.Pools.Values);
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

    [Fact]
    public void Targets_may_be_IPv6_and_long_names_give_way_to_addresses()
    {
        string longest = string.Join('.', Enumerable.Repeat("label", 9));
        TargetCatalogue targets = Read($"2001:db8::11;server1.example;{longest}");
        CatalogueSpec spec = targets.Catalogue(
            [("2001:db8::11", IPAddress.Parse("2001:db8::11")), ("server1.example", IPAddress.Parse("2001:db8::12")), (longest, IPAddress.Parse("2001:db8:ffff:ffff:ffff::13"))]);

        Assert.Equal(["2001-db8--11", "2001-db8-ffff-ffff-ffff--13", "server1.example-2001-db8--12"], spec.Pools[new PoolId("targets")].Backends.Keys.Select(id => id.Name));
        Assert.Empty(SpecificationValidator.Validate(spec, SpecificationLimits.Default));
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

using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace ControlPlane.Tests.Hosting;

public sealed class TargetChangesTests
{
    private static readonly TargetCatalogue Targets = new(["server.example"], HealthCheckType.None);

    [Fact]
    public void Equal_answers_change_nothing() => Assert.Empty(TargetChanges.Between(At("192.0.2.1", "192.0.2.2"), At("192.0.2.1", "192.0.2.2")));

    [Fact]
    public void A_new_address_comes_and_an_old_one_goes()
    {
        ImmutableArray<ICatalogueCommand> changes = TargetChanges.Between(At("192.0.2.1", "192.0.2.2"), At("192.0.2.2", "192.0.2.3"));

        Assert.Equal("server.example-192.0.2.3", Assert.IsType<AddBackend>(changes[0]).Backend.Id.Name);
        Assert.Equal("server.example-192.0.2.1", Assert.IsType<RemoveBackend>(changes[1]).Backend.Name);
        Assert.Equal(2, changes.Length);
    }

    [Fact]
    public void A_drained_target_that_still_has_its_address_is_left_alone()
    {
        CatalogueSpec now = At("192.0.2.1", "192.0.2.2");
        PoolSpec pool = now.Pools[new PoolId("targets")];
        BackendSpec drained = pool.Backends.Values.First() with { State = BackendState.Draining, Weight = 5 };
        CatalogueSpec edited = now with { Pools = now.Pools.SetItem(pool.Id, pool with { Backends = pool.Backends.SetItem(drained.Id, drained) }) };

        Assert.Empty(TargetChanges.Between(edited, At("192.0.2.1", "192.0.2.2")));
    }

    private static CatalogueSpec At(params string[] addresses) => Targets.Catalogue([.. addresses.Select(address => ("server.example", IPAddress.Parse(address)))]);
}

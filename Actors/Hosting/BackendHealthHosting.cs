using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.BackendHealth;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Region;

namespace RustyRail.Actors.Hosting;

internal static class BackendHealthHosting
{
    /// <summary>
    /// Health of the catalogue's backends, beginning with what <paramref name="region"/> says of them.
    /// After <see cref="CatalogueHosting.WithCatalogue"/>.
    /// </summary>
    public static AkkaConfigurationBuilder WithBackendHealth(
        this AkkaConfigurationBuilder akka, RegionFile region, BackendHealthOptions? options = null, TimeProvider? time = null) =>
        akka.WithActors((system, registry) =>
        {
            // Read here, before this incarnation's publisher writes anything.
            PublishedState published = PublishedState.Read(region);
            Props props = Props.Create(() => new BackendHealthActor(
                registry.Get<CatalogueActor>(), Probes.For, options ?? new BackendHealthOptions(), time ?? TimeProvider.System, published.Judgements));
            system.StartStage<BackendHealthActor>(registry, props, "backend-health");
        });
}

using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.BackendHealth;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Pools;

namespace RustyRail.Actors.Hosting;

internal static class PoolHosting
{
    /// <summary>Catalogue and health put together. After <see cref="BackendHealthHosting.WithBackendHealth"/>.</summary>
    public static AkkaConfigurationBuilder WithPools(this AkkaConfigurationBuilder akka, PoolOptions? options = null) =>
        akka.WithActors((system, registry) => system.StartStage<PoolStateActor>(
            registry,
            Props.Create(() => new PoolStateActor(registry.Get<CatalogueActor>(), registry.Get<BackendHealthActor>(), options ?? new PoolOptions())),
            "pool-state"));
}

using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Membership;

namespace RustyRail.Actors.Hosting;

public static class CatalogueHosting
{
    /// <summary>The catalogue, kept in <see cref="CatalogueOptions.Store"/> or, without one, in memory only.</summary>
    public static AkkaConfigurationBuilder WithCatalogue(this AkkaConfigurationBuilder akka, CatalogueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Store is { } store) akka.AddSetup(new CatalogueStoreSetup(store));
        return akka
            .WithDistributedData(data => data.Durable.Keys = options.Store is null ? [] : [CatalogueKey.DurablePattern, RosterKey.Name])
            .WithActors((system, registry) =>
                system.StartStage<CatalogueActor>(registry, Props.Create(() => new CatalogueActor(options)), "catalogue"));
    }
}

using Akka.Hosting;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.NextHops;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>The pipeline, stage by stage. Called once per incarnation of the actor system.</summary>
internal sealed class Composition(StartPlan plan, RegionFile region, ClusterMemory memory, CatalogueOptions catalogue, ClusterTls? tls)
{
    /// <summary>What an in-memory catalogue begins with; a later incarnation begins with what is known then.</summary>
    public CatalogueSpec? Initial { get; set; } = catalogue.Initial;

    public void Compose(AkkaConfigurationBuilder akka, IServiceProvider services)
    {
        akka.WithRustyRailCluster(new Actors.Hosting.ClusterOptions
        {
            Node = plan.Node.Cluster.Node,
            Address = plan.Node.Cluster.Address,
            Port = plan.Node.Cluster.Port,
            Seeds = plan.Node.Cluster.Seeds,
            Tls = tls,
            Memory = memory,
        });
        // Nothing to forward by yet: this incarnation only finds the cluster, and the next one has its key.
        if (memory.Key is { } key) AddRooms(akka, key);
    }

    private void AddRooms(AkkaConfigurationBuilder akka, FlowHashKey key) => akka
        .WithCatalogue(catalogue with { Initial = BeginsCatalogue ? Initial : null })
        .WithMembership(plan.Node.Cluster.Node)
        .WithBackendHealth(region)
        .WithPools()
        .WithNextHops(plan.Node.Device)
        .WithTables(region, new TablesOptions(key, plan.Node.Routers) { Sources = plan.Node.Addresses })
        .WithExceptions(region, plan.Node.Cluster.Node);

    // Whoever joins has the others' catalogue, even if none of it has arrived.
    private bool BeginsCatalogue => plan.Node.Cluster.Seeds.IsEmpty || memory.HasFounded;
}

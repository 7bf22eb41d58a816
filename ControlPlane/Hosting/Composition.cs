using Akka.Hosting;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.NextHops;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>The pipeline, stage by stage. Called once per incarnation of the actor system.</summary>
internal sealed class Composition(StartPlan plan, RegionFile region, TablesOptions tables, CatalogueOptions catalogue, ClusterTls? tls)
{
    /// <summary>What an in-memory catalogue begins with; a later incarnation begins with what is known then.</summary>
    public CatalogueSpec? Initial { get; set; } = catalogue.Initial;

    public void Compose(AkkaConfigurationBuilder akka, IServiceProvider services) => akka
        .WithRustyRailCluster(new Actors.Hosting.ClusterOptions
        {
            Node = plan.Node.Cluster.Node,
            Address = plan.Node.Cluster.Address,
            Port = plan.Node.Cluster.Port,
            Seeds = plan.Node.Cluster.Seeds,
            Tls = tls,
        })
        .WithCatalogue(catalogue with { Initial = Initial })
        .WithMembership(plan.Node.Cluster.Node)
        .WithBackendHealth(region)
        .WithPools()
        .WithNextHops(plan.Node.Device)
        .WithTables(region, tables)
        .WithExceptions(region, plan.Node.Cluster.Node);
}

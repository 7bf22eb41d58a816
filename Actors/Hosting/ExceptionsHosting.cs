using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.Exceptions;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Region;

namespace RustyRail.Actors.Hosting;

internal static class ExceptionsHosting
{
    /// <summary>Tells peers of this node's flows and learns of theirs. After <see cref="TableHosting.WithTables"/>, with the same region.</summary>
    /// <param name="node">As in <see cref="ClusterOptions.Node"/>.</param>
    public static AkkaConfigurationBuilder WithExceptions(this AkkaConfigurationBuilder akka, RegionFile region, string node, ExceptionsOptions? options = null) =>
        akka.WithActors((system, registry) => system.StartStage<ExceptionsActor>(
            registry,
            Props.Create(() => new ExceptionsActor(region, registry.Get<TablePublisherActor>(), Props.Create<PeerWatchActor>(), options ?? new ExceptionsOptions(node))),
            ExceptionsActor.Name));
}

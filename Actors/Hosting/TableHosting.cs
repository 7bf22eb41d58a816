using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.Membership;
using RustyRail.Actors.Pools;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Region;

namespace RustyRail.Actors.Hosting;

internal static class TableHosting
{
    /// <summary>
    /// Builds tables and publishes them in <paramref name="region"/>, which must outlive the ActorSystem and whose control-plane role the
    /// caller holds. After <see cref="MembershipHosting.WithMembership"/>, <see cref="PoolHosting.WithPools"/> and whatever registers
    /// <see cref="NextHopActorKey"/>.
    /// </summary>
    public static AkkaConfigurationBuilder WithTables(this AkkaConfigurationBuilder akka, RegionFile region, TablesOptions options) =>
        akka.WithActors((system, registry) =>
        {
            IActorRef builder = system.StartStage<TableBuilderActor>(
                registry, Props.Create(() => new TableBuilderActor(registry.Get<PoolStateActor>(), options)), "table-builder");
            system.StartStage<TablePublisherActor>(
                registry,
                Props.Create(() => new TablePublisherActor(region, builder, registry.Get<NextHopActorKey>(), registry.Get<MembershipActor>(), options)),
                "table-publisher");
        });
}

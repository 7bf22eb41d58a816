using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Tables;

namespace RustyRail.ControlPlane.NextHops;

public static class NextHopHosting
{
    /// <summary>Starts the stage that answers ResolveNextHops. It must come before the tables, which look for it under <see cref="NextHopActorKey"/>.</summary>
    /// <param name="device">The dataplane's.</param>
    public static AkkaConfigurationBuilder WithNextHops(this AkkaConfigurationBuilder akka, string device) => akka.WithActors((system, registry) =>
        registry.Register<NextHopActorKey>(
            system.StartStage<NextHopActor>(registry, Props.Create(() => new NextHopActor(device, RtnetlinkSocket.Open)), "next-hops")));
}

using Akka.Actor;
using Akka.Hosting;

namespace RustyRail.ControlPlane.NextHops;

public static class NextHopHosting
{
    /// <summary>Starts the actor that answers ResolveNextHops; <c>NextHopActor</c> is its key in the registry.</summary>
    /// <param name="device">The dataplane's.</param>
    public static AkkaConfigurationBuilder WithNextHops(this AkkaConfigurationBuilder akka, string device) => akka.WithActors((system, registry) =>
        registry.Register<NextHopActor>(system.ActorOf(Props.Create(() => new NextHopActor(device, RtnetlinkSocket.Open)), "next-hops")));
}

using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.Membership;

namespace RustyRail.Actors.Hosting;

public static class MembershipHosting
{
    /// <param name="node">As in <see cref="ClusterOptions.Node"/>.</param>
    public static AkkaConfigurationBuilder WithMembership(this AkkaConfigurationBuilder akka, string node) => akka.WithActors((system, registry) =>
        system.StartStage<MembershipActor>(registry, Props.Create(() => new MembershipActor(node)), "membership"));
}

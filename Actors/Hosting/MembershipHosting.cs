using Akka.Actor;
using Akka.Hosting;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Membership;

namespace RustyRail.Actors.Hosting;

public static class MembershipHosting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Who is in the cluster. The door decides nothing before this has told it of former members.</summary>
    /// <param name="node">As in <see cref="ClusterOptions.Node"/>.</param>
    public static AkkaConfigurationBuilder WithMembership(this AkkaConfigurationBuilder akka, string node) => akka
        .WithActors((system, registry) =>
            system.StartStage<MembershipActor>(registry, Props.Create(() => new MembershipActor(node, registry.Get<DoorActor>())), "membership"))
        .AddStartup((system, _) => UpByItselfAsync(system));

    // By itself a node is up within a moment: what comes after finds a cluster. For others nobody waits: they may come hours later.
    private static async Task UpByItselfAsync(ActorSystem system)
    {
        if (system.Settings.Setup.Get<ClusterSetup>() is not { HasValue: true, Value.Options.Seeds.Count: 0 }) return;
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Akka.Cluster.Cluster.Get(system).RegisterOnMemberUp(() => up.TrySetResult());
        await Task.WhenAny(up.Task, Task.Delay(Patience)).ConfigureAwait(false);
    }
}

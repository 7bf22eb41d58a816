using Akka.Actor;
using Akka.Hosting;

namespace RustyRail.Actors.Hosting;

public static class StageHosting
{
    /// <summary>
    /// Starts a stage under the user guardian (<see cref="StageSupervision"/>), registers it by its type, and ends the ActorSystem should it stop for good.
    /// </summary>
    public static IActorRef StartStage<TActor>(this ActorSystem system, IActorRegistry registry, Props props, string name)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(registry);
        if (!registry.TryGet<StageWatchActor>(out IActorRef watch))
        {
            watch = system.ActorOf(Props.Create<StageWatchActor>(), "stage-watch");
            registry.Register<StageWatchActor>(watch);
        }

        IActorRef stage = system.ActorOf(props, name);
        registry.Register<TActor>(stage);
        watch.Tell(new StageWatchActor.WatchStage(stage));
        return stage;
    }
}

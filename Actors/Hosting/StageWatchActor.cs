using Akka.Actor;
using Akka.Event;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// A pipeline without one of its stages looks alive and does nothing. So when a stage is gone for good the whole ActorSystem ends, and the next
/// incarnation begins whole; forwarding does not notice.
/// </summary>
public sealed class StageWatchActor : ReceiveActor
{
    public StageWatchActor()
    {
        ILoggingAdapter log = Context.GetLogger();
        Receive<WatchStage>(stage => Context.Watch(stage.Stage));
        Receive<Terminated>(gone =>
        {
            if (SystemEnd.HasBegun(Context.System)) return;

            log.Error("Stage {0} is gone: this ActorSystem ends and a new one will be started", gone.ActorRef.Path.Name);
            SystemEnd.Begin(Context.System, CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        });
    }

    public sealed record WatchStage(IActorRef Stage);
}

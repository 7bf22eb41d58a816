using Akka.Actor;

namespace RustyRail.Actors;

/// <summary>
/// Who wants a stage's reports. Owner: the actor whose context is given; it passes on <see cref="Terminated"/>.
/// A restart keeps them: the old incarnation subscribes them again by message to the new one.
/// </summary>
internal sealed class Subscribers(IActorContext context)
{
    private readonly HashSet<IActorRef> _actors = [];

    public void Add(IActorRef subscriber)
    {
        if (_actors.Add(subscriber)) context.Watch(subscriber);
    }

    public void Remove(Terminated gone) => _actors.Remove(gone.ActorRef);

    public void Tell(object report)
    {
        foreach (IActorRef subscriber in _actors) subscriber.Tell(report);
    }

    /// <summary>From PreRestart: leaves <paramref name="subscription"/> in the mailbox in each subscriber's name.</summary>
    public void HandOver(object subscription)
    {
        foreach (IActorRef subscriber in _actors) context.Self.Tell(subscription, subscriber);
    }
}

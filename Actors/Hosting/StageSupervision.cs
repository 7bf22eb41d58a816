using Akka.Actor;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// How the user guardian treats the stages: a stage that throws is restarted at once and asks its neighbours for their state again. One that throws ten
/// times in a minute is stopped, and <see cref="StageWatchActor"/> ends the ActorSystem for it.
/// </summary>
public sealed class StageSupervision : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => new OneForOneStrategy(
        maxNrOfRetries: 10,
        withinTimeRange: TimeSpan.FromMinutes(1),
        localOnlyDecider: cause => cause is ActorInitializationException or ActorKilledException ? Directive.Stop : Directive.Restart);
}

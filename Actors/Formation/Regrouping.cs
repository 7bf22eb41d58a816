using Akka.Actor;

namespace RustyRail.Actors.Formation;

/// <summary>An ActorSystem ended on purpose: the next one starts at once.</summary>
internal sealed class Regrouping : CoordinatedShutdown.Reason
{
    public override int ExitCode => 0;
}

using Akka.Actor;

namespace RustyRail.Actors.Formation;

/// <summary>Why an ActorSystem ended on purpose: the next one starts at once.</summary>
internal sealed class Regrouping(string why) : CoordinatedShutdown.Reason
{
    public override int ExitCode => 0;

    public string Why { get; } = why;
}

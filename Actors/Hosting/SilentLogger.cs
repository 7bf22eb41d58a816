using Akka.Event;

namespace RustyRail.Actors.Hosting;

/// <summary>For what is said after our logger has gone: it would appear in a format of its own.</summary>
public sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}

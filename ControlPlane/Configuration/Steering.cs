using RustyRail.Contract.Json;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>How packets come to the workers.</summary>
internal enum Steering
{
    /// <summary>By the device's queues. What routers encapsulate has one outer address pair, so all of a router's is on one queue.</summary>
    Rss,

    /// <summary>The worker that receives a packet hands it to another by the hash of what is inside.</summary>
    Steer,
}

/// <summary>Spelled as in files and on the command lines of both programs.</summary>
internal static class Steerings
{
    public static WordTable<Steering> Words { get; } = new(("rss", Steering.Rss), ("steer", Steering.Steer));

    public static string All => string.Join(", ", Words.Words);
}

namespace Actors.Tests;

/// <summary>Settings of an actor system whose time is the test's to advance.</summary>
internal static class VirtualTime
{
    /// <summary>
    /// One thread for all actors: of two that schedule something for the same instant at once, the TestScheduler may lose one.
    /// </summary>
    public const string Config = """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.actor.default-dispatcher {
          executor = fork-join-executor
          dedicated-thread-pool.thread-count = 1
        }
        """;
}

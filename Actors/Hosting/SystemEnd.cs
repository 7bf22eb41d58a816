using Akka;
using Akka.Actor;
using Akka.Cluster;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// How an ActorSystem ends. Akka.Remote would end it whenever a TLS handshake of an outgoing connection fails: a stranger at a known address, or a peer that
/// restarts at the wrong moment, could stop a healthy node's actors. That is vetoed; but coordinated shutdown runs once only, so whoever ends a system after
/// a veto does it by hand.
/// </summary>
internal static class SystemEnd
{
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(5);

    public static void VetoHandshakes(ActorSystem system)
    {
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        // The first phase; cluster.conf lets its failure end the run.
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "veto", () =>
            IsVetoed(system) ? Task.FromException<Done>(new OperationCanceledException("a failed handshake ends nothing")) : Task.FromResult(Done.Instance));
    }

    public static bool HasBegun(ActorSystem system) =>
        system.Settings.Setup.Get<ClusterSetup>() is { HasValue: true, Value.EndsByHand: true } || (CoordinatedShutdown.Get(system).ShutdownReason is not null && !IsVetoed(system));

    public static bool IsVetoed(ActorSystem system) =>
        CoordinatedShutdown.Get(system).ShutdownReason is { } reason && reason.GetType().Namespace?.StartsWith("Akka.Remote", StringComparison.Ordinal) == true;

    public static void Begin(ActorSystem system, CoordinatedShutdown.Reason reason)
    {
        if (IsVetoed(system)) _ = LeaveAndEndAsync(system);
        else CoordinatedShutdown.Get(system).Run(reason);
    }

    public static async Task LeaveAndEndAsync(ActorSystem system)
    {
        if (system.Settings.Setup.Get<ClusterSetup>() is { HasValue: true } setup) setup.Value.EndsByHand = true;
        Akka.Cluster.Cluster cluster = Akka.Cluster.Cluster.Get(system);
        // Who never was inside would wait in vain for its own farewell.
        if (cluster.SelfMember.Status is not (MemberStatus.Removed or MemberStatus.Down))
        {
            using CancellationTokenSource limit = new(LeavePatience);
            await cluster.LeaveAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ((ExtendedActorSystem)system).Abort();
        await system.WhenTerminated.WaitAsync(LeavePatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

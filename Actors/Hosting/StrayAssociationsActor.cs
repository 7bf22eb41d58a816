using System.Reflection;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// Two nodes that dial each other agree on who reads which connection. That fails in Akka.Remote when a dialler gives up on what the other side has already
/// taken: a node that was restarted and dials first makes its peer drop its own attempt, and reads from then on a connection that nobody
/// writes to. Neither side notices; they never hear each other again. So whatever was dialled for nobody is closed, and whoever loses a connection that it
/// reads closes the one that it writes, too: the next message makes new ones.
/// </summary>
internal sealed class StrayAssociationsActor : ReceiveActor
{
    // Akka's own, and private: a version without it fails here at the start, not in an operator's night.
    private static readonly Type Dialled = typeof(AssociationHandle).Assembly.GetType("Akka.Remote.EndpointWriter+Handle", throwOnError: true)!;
    private static readonly PropertyInfo Association =
        Dialled.GetProperty("ProtocolHandle") ?? throw new MissingMemberException(Dialled.FullName, "ProtocolHandle");

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IRemoteActorRefProvider _remote = (IRemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider;

    public StrayAssociationsActor()
    {
        // Whoever dialled has stopped by the time it is answered.
        Receive<DeadLetter>(dead => dead.Message.GetType() == Dialled, dead => End((AssociationHandle)Association.GetValue(dead.Message)!));
        Receive<DeadLetter>(_ => { });
        // Without the number of an incarnation this closes connections, and shuts nobody out.
        Receive<DisassociatedEvent>(ended => ended.IsInbound, ended => _remote.Quarantine(ended.RemoteAddress, null));
        Receive<DisassociatedEvent>(_ => { });
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
    }

    private void End(AssociationHandle stray)
    {
        _log.Info("Cluster: {0} and this node dialled each other while one of them restarted; both connections begin anew", ClusterLogger.AddressIn($"{stray.RemoteAddress}"));
        stray.Disassociate("nobody waits for it any more", _log);
    }
}

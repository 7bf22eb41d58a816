using System.Net.Sockets;
using Akka.Actor;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>Passes the kernel's notifications to its actor until disposed. Its last word, when not disposed, is <see cref="ListenerEnded"/>.</summary>
internal sealed class KernelListener : IDisposable
{
    // IFINFO tells, in the form of a link's message, that a router has announced another MTU.
    private static readonly int[] Groups =
    [
        RtnetlinkAbi.RTNLGRP_LINK, RtnetlinkAbi.RTNLGRP_NEIGH, RtnetlinkAbi.RTNLGRP_NEXTHOP,
        RtnetlinkAbi.RTNLGRP_IPV4_IFADDR, RtnetlinkAbi.RTNLGRP_IPV4_ROUTE, RtnetlinkAbi.RTNLGRP_IPV4_RULE,
        RtnetlinkAbi.RTNLGRP_IPV6_IFADDR, RtnetlinkAbi.RTNLGRP_IPV6_ROUTE, RtnetlinkAbi.RTNLGRP_IPV6_RULE, RtnetlinkAbi.RTNLGRP_IPV6_IFINFO,
    ];

    private RtnetlinkSocket? _socket;
    private volatile bool _disposed;

    public static KernelListener Start(RtnetlinkOpener open, IActorRef actor)
    {
        KernelListener listener = new();
        try
        {
            RtnetlinkSocket socket = open(Groups);
            listener._socket = socket;
            _ = Task.Run(() => listener.ListenAsync(socket, actor));
        }
        catch (Exception e) when (e is RtnetlinkException or SocketException)
        {
            actor.Tell(new ListenerEnded(listener, e.Message));
        }

        return listener;
    }

    public void Dispose()
    {
        _disposed = true;
        _socket?.Dispose();
    }

    private async Task ListenAsync(RtnetlinkSocket socket, IActorRef actor)
    {
        while (!_disposed)
        {
            try
            {
                foreach (NetlinkMessage message in await socket.ReceiveAsync().ConfigureAwait(false))
                {
                    if (Translate(message) is { } news) actor.Tell(news, ActorRefs.NoSender);
                }
            }
            catch (SocketException lost) when (lost.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
            {
                actor.Tell(NotificationsLost.Instance, ActorRefs.NoSender);
            }
            catch (Exception e)
            {
                if (!_disposed) actor.Tell(new ListenerEnded(this, e.Message), ActorRefs.NoSender);
                return;
            }
        }
    }

    private static object? Translate(NetlinkMessage message) => message.Type switch
    {
        RtnetlinkAbi.RTM_NEWNEIGH or RtnetlinkAbi.RTM_DELNEIGH =>
            KernelMessages.TryNeighbour(message, out Neighbour? neighbour) ? new NeighbourSeen(neighbour, message.Type == RtnetlinkAbi.RTM_DELNEIGH) : null,
        RtnetlinkAbi.RTM_NEWLINK or RtnetlinkAbi.RTM_DELLINK or RtnetlinkAbi.RTM_NEWADDR or RtnetlinkAbi.RTM_DELADDR
            or RtnetlinkAbi.RTM_NEWROUTE or RtnetlinkAbi.RTM_DELROUTE or RtnetlinkAbi.RTM_NEWRULE or RtnetlinkAbi.RTM_DELRULE
            or RtnetlinkAbi.RTM_NEWNEXTHOP or RtnetlinkAbi.RTM_DELNEXTHOP => KernelChanged.Instance,
        _ => null,
    };
}

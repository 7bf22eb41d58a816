using System.Net;
using System.Net.Sockets;

namespace RustyRail.Actors.BackendHealth;

/// <summary>The sockets of the connecting probes, and words for what goes wrong with them.</summary>
internal static class ProbeSocket
{
    /// <summary>Closes by reset: thousands of probes per second would otherwise leave a TIME_WAIT entry each.</summary>
    public static Socket Open(IPEndPoint target) => new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        LingerState = new LingerOption(enable: true, seconds: 0),
    };

    public static string Describe(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        SocketError.ConnectionAborted => "connection aborted",
        SocketError.HostUnreachable or SocketError.HostDown => "host unreachable",
        SocketError.NetworkUnreachable or SocketError.NetworkDown => "network unreachable",
        SocketError.TimedOut => "connection timed out",
        SocketError.TooManyOpenSockets => "too many open sockets on this node",
        SocketError.AddressNotAvailable => "this node has no address or no free port to send from",
        _ => error.Message,
    };
}

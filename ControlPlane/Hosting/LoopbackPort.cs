using System.Net;
using System.Net.Sockets;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>Asked before the actor system binds it, which answers a taken port with pages of causes.</summary>
internal static class LoopbackPort
{
    /// <exception cref="OperatorException">Another program has it.</exception>
    public static void RequireFree(int port)
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException e)
        {
            string reason = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "is in use by another program" : $"cannot be used: {e.SocketErrorCode}";
            throw new OperatorException($"cluster port {port} on 127.0.0.1 {reason}");
        }
    }
}

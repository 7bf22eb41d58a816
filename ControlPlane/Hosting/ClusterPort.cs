using System.Net;
using System.Net.Sockets;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>Asked before the actor system binds it, which answers a taken port with pages of causes.</summary>
internal static class ClusterPort
{
    /// <exception cref="OperatorException">Another program has it, or the address is not this machine's.</exception>
    public static void RequireFree(IPAddress address, int port)
    {
        using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException e)
        {
            throw new OperatorException(e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"cluster port {port} on {address} is in use by another program",
                SocketError.AddressNotAvailable => $"cluster address {address} is not an address of this machine",
                _ => $"cluster port {port} on {address} cannot be used: {e.SocketErrorCode}",
            });
        }
    }
}

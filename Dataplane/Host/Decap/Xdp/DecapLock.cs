using System.Net.Sockets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// One process per device and network namespace: whoever binds the abstract name. A program that is attached does not say whether its
/// process lives, and two would undo each other's settings. The kernel frees the name with the process.
/// </summary>
internal sealed class DecapLock : IDisposable
{
    private readonly Socket _socket;

    private DecapLock(Socket socket) => _socket = socket;

    /// <exception cref="PortException">Another process has the device.</exception>
    public static DecapLock Take(string device)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint($"\0rustyrail-decap/{device}"));
            return new DecapLock(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new PortException($"{device}: another rustyrail decap serves this device");
        }
    }

    public void Dispose() => _socket.Dispose();
}

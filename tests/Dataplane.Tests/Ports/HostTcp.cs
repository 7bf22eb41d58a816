using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dataplane.Tests.Ports;

/// <summary>A connection between the two kernels of a <see cref="VethLab"/>.</summary>
internal static class HostTcp
{
    public static string Exchange(VethLab lab, string text)
    {
        using Socket listener = lab.Node.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            socket.Listen();
            return socket;
        });
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using Socket client = lab.Peer.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 5000 });
        Assert.True(client.ConnectAsync(IPAddress.Parse(VethLab.NodeAddress), port).Wait(TimeSpan.FromSeconds(5)), "no connection to the host");
        client.Send(Encoding.ASCII.GetBytes(text));
        client.Shutdown(SocketShutdown.Send);
        using Socket accepted = listener.Accept();
        accepted.ReceiveTimeout = 5000;
        byte[] buffer = new byte[256];
        return Encoding.ASCII.GetString(buffer, 0, accepted.Receive(buffer));
    }
}

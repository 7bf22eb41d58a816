using System.Net;
using System.Net.Sockets;

namespace RustyRail.Actors.BackendHealth;

/// <summary>Up if the port accepts a connection.</summary>
internal sealed class TcpProbe(IPEndPoint target) : IProbe
{
    public async Task<ProbeResult> RunAsync(CancellationToken cancel)
    {
        try
        {
            using Socket socket = ProbeSocket.Open(target);
            await socket.ConnectAsync(target, cancel).ConfigureAwait(false);
            return new(Ok: true, "connected");
        }
        catch (SocketException e)
        {
            return new(Ok: false, ProbeSocket.Describe(e));
        }
    }
}

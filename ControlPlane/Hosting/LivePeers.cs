using System.Net;
using System.Net.Sockets;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>Whether some other node listens. Asked while this one does not yet, so that it never finds itself.</summary>
internal static class LivePeers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<bool> AnyAsync(IEnumerable<IPEndPoint> seeds, CancellationToken cancel)
    {
        bool[] answers = await Task.WhenAll(seeds.Select(seed => AnswersAsync(seed, cancel)));
        return answers.Contains(true);
    }

    private static async Task<bool> AnswersAsync(IPEndPoint seed, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        using Socket socket = new(seed.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(seed, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return false;
        }
    }
}

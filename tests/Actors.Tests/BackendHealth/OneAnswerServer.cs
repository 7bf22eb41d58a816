using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Actors.Tests.BackendHealth;

/// <summary>A TCP server on loopback that answers every request with the same bytes, or with nothing.</summary>
internal sealed class OneAnswerServer : IDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<string> _request = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="answer">Null: keeps the connection open and says nothing. Empty: closes it.</param>
    public OneAnswerServer(string? answer, int port = 0, string address = "127.0.0.1")
    {
        IPEndPoint at = new(IPAddress.Parse(address), port);
        _listener = new(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(at);
        _listener.Listen();
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _ = ServeAsync(answer);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The first one that came.</summary>
    public Task<string> Request => _request.Task;

    public void Dispose()
    {
        _closing.Cancel();
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task ServeAsync(string? answer)
    {
        List<Socket> kept = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_closing.Token);
                kept.Add(client);
                if (answer is not null) await AnswerAsync(client, answer);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            kept.ForEach(client => client.Dispose());
        }
    }

    private async Task AnswerAsync(Socket client, string answer)
    {
        byte[] request = new byte[4096];
        try
        {
            // Read even where nothing is answered: closing over unread bytes would be a reset.
            int length = await client.ReceiveAsync(request, _closing.Token);
            _request.TrySetResult(Encoding.ASCII.GetString(request, 0, length));
            await client.SendAsync(Encoding.ASCII.GetBytes(answer), _closing.Token);
        }
        catch (SocketException)
        {
            // The client went away.
        }

        client.Dispose();
    }
}

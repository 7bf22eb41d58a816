using System.Net;
using System.Net.Sockets;

namespace RustyRail.Actors.Tests.Hosting;

/// <summary>Where a node is reached; connections are held until they may pass to where it listens.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TcpListener _front = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _passing = [];

    public Gate()
    {
        _front.Start();
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Behind = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public int Port => ((IPEndPoint)_front.LocalEndpoint).Port;

    /// <summary>Where the node listens.</summary>
    public int Behind { get; }

    public async Task<Held> AcceptAsync() => new(await _front.AcceptTcpClientAsync());

    /// <summary>Ends when either side has closed; both are closed then.</summary>
    public async Task PassAsync(Held held)
    {
        using TcpClient front = held.Front, behind = new();
        lock (_passing) _passing.Add(front);
        await behind.ConnectAsync(IPAddress.Loopback, Behind);
        Task first = await Task.WhenAny(front.GetStream().CopyToAsync(behind.GetStream()), behind.GetStream().CopyToAsync(front.GetStream()));
        await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>From now on nothing is held.</summary>
    public void PassAll() => AcceptAsync().ContinueWith(
        accepted =>
        {
            PassAll();
            return PassAsync(accepted.Result);
        },
        TaskContinuationOptions.OnlyOnRanToCompletion);

    /// <summary>What passes, all at once.</summary>
    public void Cut()
    {
        lock (_passing) _passing.ForEach(connection => connection.Client.Shutdown(SocketShutdown.Both));
    }

    public void Dispose() => _front.Stop();

    internal sealed record Held(TcpClient Front);
}

using System.Net;
using System.Net.Sockets;
using RustyRail.Lab.Survival.Bed;

namespace RustyRail.Lab.Survival.Connections;

/// <summary>Many connections from every client of the lab, each from an address and port of its own.</summary>
internal sealed class ConnectionSet(LabScript lab, IReadOnlyList<string> clients, ClientEnds ends, Pace pace) : IAsyncDisposable
{
    private static readonly IPEndPoint Vip = new(IPAddress.Parse("10.1.0.1"), 80);

    private readonly List<HeldConnection> _connections = [];
    private readonly List<Task> _held = [];
    private readonly CancellationTokenSource _end = new();

    public IReadOnlyList<HeldConnection> All => _connections;

    /// <summary>Returns once each of them was answered or has broken.</summary>
    public async Task OpenAsync(int count, Opened when)
    {
        TimeSpan gap = TimeSpan.FromSeconds(1.0 / pace.OpenedPerSecond);
        List<HeldConnection> opened = [.. Sockets(count).Select(socket => new HeldConnection(socket, when, pace))];
        _connections.AddRange(opened);
        long started = Environment.TickCount64;
        for (int i = 0; i < opened.Count; i++)
        {
            TimeSpan early = (gap * i) - TimeSpan.FromMilliseconds(Environment.TickCount64 - started);
            if (early > TimeSpan.FromMilliseconds(10)) await Task.Delay(early);
            _held.Add(opened[i].HoldAsync(Vip, _end.Token));
        }

        while (!opened.TrueForAll(connection => connection.IsSettled)) await Task.Delay(20);
    }

    /// <summary>Until every living connection has been answered so many more times: what has broken by now is known to have.</summary>
    public async Task ExchangeAsync(int answers)
    {
        long[] wanted = [.. _connections.Select(connection => connection.Answers + answers)];
        for (int i = 0; i < wanted.Length; i++)
        {
            while (_connections[i].Failure is null && _connections[i].Answers < wanted[i]) await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_held);
        _end.Dispose();
    }

    private Socket[] Sockets(int count)
    {
        Socket[] sockets = new Socket[count];
        for (int c = 0; c < clients.Count; c++)
        {
            int client = c;
            lab.Inside(clients[client], () =>
            {
                for (int i = client; i < count; i += clients.Count) sockets[i] = Bound(ends.Next(clients[client]));
            });
        }

        return sockets;
    }

    private static Socket Bound(IPEndPoint end)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(end);
        return socket;
    }
}

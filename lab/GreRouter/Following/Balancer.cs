using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Region;

namespace RustyRail.Lab.GreRouter.Following;

/// <summary>
/// One balancer as a router hears of it: its announcement begins when the node says that it is ready, and lasts for as long as the
/// dataplane lives, whatever becomes of the control plane. A node that takes its word back withdraws.
/// </summary>
internal sealed class Balancer(string name, string runDirectory) : IDisposable
{
    private readonly HttpClient _admin = new(new SocketsHttpHandler { ConnectCallback = (_, cancel) => ConnectAsync(Path.Combine(runDirectory, "admin.sock"), cancel) })
    {
        BaseAddress = new Uri("http://localhost"),
        Timeout = TimeSpan.FromSeconds(1),
    };

    private readonly string _region = Path.Combine(runDirectory, "dataplane.region");
    private int _readyPid;

    public string Name => name;

    public bool IsAnnounced { get; private set; }

    public async Task LookAsync(CancellationToken stop)
    {
        (bool lives, int controlPid) = Signs();
        bool? ready = lives ? await AskAsync(stop) : false;
        if (ready == true) _readyPid = controlPid;
        // A new control plane that is not ready yet takes nothing back: it has said nothing before.
        bool withdrawn = ready == false && controlPid == _readyPid;
        IsAnnounced = lives && (ready == true || (IsAnnounced && !withdrawn));
    }

    public void Dispose() => _admin.Dispose();

    /// <summary>Null: it does not answer.</summary>
    private async Task<bool?> AskAsync(CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage answer = await _admin.GetAsync(new Uri("/healthz/ready", UriKind.Relative), stop);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable ? false : answer.IsSuccessStatusCode ? true : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    // Read anew each time: a machine that died and came back has another file, and after an upgrade another version's.
    private (bool Lives, int ControlPid) Signs() => RegionSigns.Read(_region) is { } signs ? (signs.HasDataplane, signs.ControlPid) : (false, 0);

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace RustyRail.Lab.Survival.Bed;

/// <summary>One balancer through its admin socket, which any namespace reaches.</summary>
internal sealed class BalancerNode : IDisposable
{
    private readonly HttpClient _admin;

    public BalancerNode(string name, string adminSocket)
    {
        Name = name;
        _admin = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancel) => ConnectAsync(adminSocket, cancel) })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    public string Name { get; }

    public Task AddAsync(string backend, string address) => ChangeAsync(HttpMethod.Post, "backends", new { pool = "web", name = backend, address });

    public Task RemoveAsync(string backend) => ChangeAsync(HttpMethod.Delete, $"backends/web/{backend}", null);

    public Task DrainAsync(string backend) => ChangeAsync(HttpMethod.Put, $"backends/web/{backend}/state", new { state = "draining" });

    public async Task ApplyAsync(string specification)
    {
        using StringContent body = new(specification);
        using HttpResponseMessage answer = await _admin.PutAsync(new Uri("/api/v1/catalogue", UriKind.Relative), body);
        await RequireAsync(answer, "apply");
    }

    /// <summary>Null: it does not answer.</summary>
    public async Task<NodeFacts?> TryFactsAsync()
    {
        try
        {
            JsonElement status = await _admin.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/status", UriKind.Relative));
            return new NodeFacts(
                status.GetProperty("version").GetString()!,
                status.GetProperty("ready").GetBoolean(),
                status.GetProperty("stale").GetBoolean(),
                status.GetProperty("specDigest").GetString()!,
                status.GetProperty("tableDigest").GetString()!,
                status.GetProperty("cluster").GetProperty("members").EnumerateArray()
                    .ToDictionary(member => member.GetProperty("node").GetString()!, member => member.GetProperty("status").GetString()!));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _admin.Dispose();

    private async Task ChangeAsync(HttpMethod method, string path, object? body)
    {
        using HttpRequestMessage request = new(method, new Uri($"/api/v1/{path}", UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using HttpResponseMessage answer = await _admin.SendAsync(request);
        await RequireAsync(answer, path);
    }

    private async Task RequireAsync(HttpResponseMessage answer, string what)
    {
        if (!answer.IsSuccessStatusCode) throw new LabException($"{Name} refuses {what}: {await answer.Content.ReadAsStringAsync()}");
    }

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

/// <param name="Members">Status by node.</param>
internal sealed record NodeFacts(string Version, bool Ready, bool Stale, string SpecDigest, string TableDigest, IReadOnlyDictionary<string, string> Members);

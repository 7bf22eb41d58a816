using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Netns.Tests.Lab;

namespace Netns.Tests.Cluster;

/// <summary>What a node says of itself and of the others.</summary>
/// <param name="Members">"lb1:up", in the order of their names.</param>
internal sealed record NodeFacts(bool Ready, bool Stale, string SpecDigest, string TableDigest, ImmutableArray<string> Members);

/// <summary>One balancer of the lab through its admin socket, which any namespace reaches; no process per question.</summary>
internal sealed class ClusterNode : IDisposable
{
    private readonly HttpClient _admin;

    public ClusterNode(string name)
    {
        Name = name;
        string socket = TestBed.HostFile(name, "run/admin.sock");
        _admin = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancel) => ConnectAsync(socket, cancel) })
        {
            BaseAddress = new Uri("http://localhost/"),
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public string Name { get; }

    /// <summary>Null: it does not answer.</summary>
    public NodeFacts? Facts()
    {
        try
        {
            JsonElement status = _admin.GetFromJsonAsync<JsonElement>("api/v1/status").GetAwaiter().GetResult();
            return new NodeFacts(
                status.GetProperty("ready").GetBoolean(),
                status.GetProperty("stale").GetBoolean(),
                status.GetProperty("specDigest").GetString()!,
                status.GetProperty("tableDigest").GetString()!,
                [.. status.GetProperty("cluster").GetProperty("members").EnumerateArray()
                    .Select(member => $"{member.GetProperty("node").GetString()}:{member.GetProperty("status").GetString()}").Order(StringComparer.Ordinal)]);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public string Export() => _admin.GetStringAsync("api/v1/catalogue").GetAwaiter().GetResult();

    public void SetState(string backend, string state) => Accepted(SendAsync(HttpMethod.Put, $"{backend}/state", new { state }).GetAwaiter().GetResult());

    public void SetWeight(string backend, int weight) => Accepted(SendAsync(HttpMethod.Put, $"{backend}/weight", new { weight }).GetAwaiter().GetResult());

    /// <summary>A change of a backend of the lab's only pool; the answer may be a refusal.</summary>
    public Task<HttpStatusCode> SendAsync(HttpMethod method, string path, object? body) => SendToAsync(method, $"api/v1/backends/web/{path}", body);

    public Task<HttpStatusCode> AddAsync(string backend, string address) => SendToAsync(HttpMethod.Post, "api/v1/backends", new { pool = "web", name = backend, address });

    public void Dispose() => _admin.Dispose();

    private async Task<HttpStatusCode> SendToAsync(HttpMethod method, string path, object? body)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using HttpResponseMessage answer = await _admin.SendAsync(request);
        return answer.StatusCode;
    }

    private static void Accepted(HttpStatusCode status) => Assert.Equal(HttpStatusCode.OK, status);

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

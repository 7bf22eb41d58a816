using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RustyRail.ControlPlane.Configuration;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>The command line's way to the running instance: HTTP over the Unix socket of the state directory.</summary>
internal sealed class AdminClient : IDisposable
{
    /// <summary>What requests over the socket name as their host.</summary>
    public const string HostName = "rustyrail";

    // More than the server's own patience with its actors, so that its answer is the one that is seen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly string _socketPath;
    private readonly HttpClient _http;

    public AdminClient(StateDirectory state)
    {
        _socketPath = state.AdminSocket;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri($"http://{HostName}"),
            Timeout = Patience,
        };
        Author author = ChangeAuthor.OfThisProcess();
        _http.DefaultRequestHeaders.Add(ChangeAuthor.UserHeader, author.User);
        _http.DefaultRequestHeaders.Add(ChangeAuthor.HostHeader, author.Host);
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        await ReadAsync(await SendAsync(HttpMethod.Get, path, null, cancel), type, cancel);

    public async Task<T> DeleteAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        await ReadAsync(await SendAsync(HttpMethod.Delete, path, null, cancel), type, cancel);

    public async Task<string> GetTextAsync(string path, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }

    /// <summary>The catalogue's text and its version, which are of one moment.</summary>
    public async Task<(string Text, string Version)> GetCatalogueAsync(CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, AdminPaths.Catalogue, null, cancel);
        return (await response.Content.ReadAsStringAsync(cancel), response.Headers.ETag?.Tag.Trim('"') ?? "");
    }

    /// <param name="expected">The version of the catalogue that is to be changed, and no other.</param>
    public async Task<ChangeAccepted> ChangeAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancel, string? expected = null) =>
        await ReadAsync(await SendAsync(method, path, body, cancel, expected), AdminJson.Default.ChangeAccepted, cancel);

    /// <summary>One step of this node's way out or back, or a look at it.</summary>
    public async Task<DrainStatus> StepAsync(HttpMethod method, string path, CancellationToken cancel) =>
        await ReadAsync(await SendAsync(method, path, null, cancel), AdminJson.Default.DrainStatus, cancel);

    public static JsonContent Body<T>(T value, JsonTypeInfo<T> type) => JsonContent.Create(value, type);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancel, string? expected = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = body };
        if (expected is not null) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{expected}\""));
        try
        {
            HttpResponseMessage response = await _http.SendAsync(request, cancel);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw await RefusalAsync(response, cancel);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException socket)
        {
            throw new OperatorException(socket.SocketErrorCode == SocketError.AccessDenied
                ? $"{_socketPath}: no permission to speak to the running instance; run as root"
                : $"{_socketPath}: no rustyrail runs with this state directory (--state-dir, RR_STATE_DIR)");
        }
        catch (HttpRequestException e)
        {
            throw new OperatorException($"{_socketPath}: the running instance broke off: {e.Message}", ExitCode.Failed);
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OperatorException($"{_socketPath}: the running instance did not answer within {Patience.TotalSeconds:0} s", ExitCode.Failed);
        }
    }

    // 4xx: it cannot be done as asked. Anything else: it went wrong on the way, another's change that came first included.
    private static async Task<OperatorException> RefusalAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        int exitCode = response.StatusCode is < HttpStatusCode.InternalServerError and not HttpStatusCode.PreconditionFailed ? ExitCode.Refused : ExitCode.Failed;
        try
        {
            ChangeRefused? refused = await response.Content.ReadFromJsonAsync(AdminJson.Default.ChangeRefused, cancel);
            if (refused is { Errors.IsDefaultOrEmpty: false }) return new OperatorException(refused.Errors, exitCode);
        }
        catch (JsonException)
        {
            // Not one of our answers: the status line says what there is to say.
        }

        return new OperatorException($"the running instance answered {(int)response.StatusCode} {response.ReasonPhrase}", exitCode);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using (response)
        {
            try
            {
                return (await response.Content.ReadFromJsonAsync(type, cancel))!;
            }
            catch (JsonException e)
            {
                throw new OperatorException($"the running instance is of another version: {e.Message}", ExitCode.Failed);
            }
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

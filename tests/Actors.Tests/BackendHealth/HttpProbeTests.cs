using System.Net;
using System.Text;
using RustyRail.Actors.BackendHealth;

namespace Actors.Tests.BackendHealth;

public sealed class HttpProbeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true, "HTTP status 200")]
    [InlineData("HTTP/1.0 204\r\n\r\n", true, "HTTP status 204")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", true, "HTTP status 302")]
    [InlineData("HTTP/1.1 399 Odd\r\n\r\n", true, "HTTP status 399")]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", false, "HTTP status 404")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", false, "HTTP status 503")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", false, "the answer is not HTTP")]
    [InlineData("", false, "closed without an answer")]
    [InlineData("HTTP/1.1 20", false, "closed within the status line")]
    public async Task The_status_line_decides(string answer, bool ok, string reason)
    {
        using OneAnswerServer server = new(answer);
        ProbeResult result = await Probe(server.EndPoint).WaitAsync(Bound);
        Assert.Equal(new(ok, reason), result);
    }

    [Theory]
    [InlineData("HTTP/1.1 2000 OK\n")]
    [InlineData("HTTP/1.1 2 0 OK\n")]
    [InlineData("HTTP/1.1200 OK...\n")]
    [InlineData("HTTP/2 200\n")]
    [InlineData("\n")]
    public void A_line_that_is_no_status_line_is_down(string line) =>
        Assert.Equal(new(Ok: false, "the answer is not HTTP"), HttpProbe.Judge(Encoding.ASCII.GetBytes(line)));

    [Fact]
    public async Task An_endless_first_line_is_not_read_to_its_end()
    {
        using OneAnswerServer server = new(new string('x', 100_000));
        ProbeResult result = await Probe(server.EndPoint).WaitAsync(Bound);
        Assert.False(result.Ok);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task It_asks_for_the_path_and_names_the_host(string address)
    {
        using OneAnswerServer server = new("HTTP/1.1 200 OK\r\n\r\n", address: address);
        Assert.True((await Probe(server.EndPoint, "/healthz?deep=1").WaitAsync(Bound)).Ok);
        string request = await server.Request.WaitAsync(Bound);
        Assert.StartsWith("GET /healthz?deep=1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: {server.EndPoint}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1", 80, "192.0.2.1")]
    [InlineData("192.0.2.1", 8080, "192.0.2.1:8080")]
    [InlineData("2001:db8::1", 80, "[2001:db8::1]")]
    [InlineData("2001:db8::1", 8080, "[2001:db8::1]:8080")]
    public void The_host_header_leaves_out_the_usual_port(string address, int port, string expected) =>
        Assert.Equal(expected, HttpProbe.HostOf(new(IPAddress.Parse(address), port)));

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        IPEndPoint closed;
        using (OneAnswerServer server = new("")) closed = server.EndPoint;
        Assert.Equal(new(Ok: false, "connection refused"), await Probe(closed).WaitAsync(Bound));
    }

    [Fact]
    public async Task A_silent_server_is_waited_for_until_the_caller_cancels()
    {
        using OneAnswerServer server = new(answer: null);
        using CancellationTokenSource limit = new();
        Task<ProbeResult> running = new HttpProbe(server.EndPoint, "/").RunAsync(limit.Token);
        Assert.NotSame(running, await Task.WhenAny(running, Task.Delay(100)));
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Bound));
    }

    private static Task<ProbeResult> Probe(IPEndPoint target, string path = "/") => new HttpProbe(target, path).RunAsync(CancellationToken.None);
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Dataplane.Tests.Ports;
using RustyRail.Actors.BackendHealth;

namespace Actors.Tests.BackendHealth;

public sealed class TcpProbeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_port_that_accepts_is_up()
    {
        using OneAnswerServer server = new("");
        Assert.Equal(new(Ok: true, "connected"), await new TcpProbe(server.EndPoint).RunAsync(CancellationToken.None).WaitAsync(Bound));
    }

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        IPEndPoint closed;
        using (OneAnswerServer server = new("")) closed = server.EndPoint;
        Assert.Equal(new(Ok: false, "connection refused"), await new TcpProbe(closed).RunAsync(CancellationToken.None).WaitAsync(Bound));
    }

    [Fact]
    public async Task Probes_leave_no_connection_in_TIME_WAIT()
    {
        using OneAnswerServer server = new(answer: null);
        for (int i = 0; i < 20; i++) Assert.True((await new TcpProbe(server.EndPoint).RunAsync(CancellationToken.None).WaitAsync(Bound)).Ok);
        Assert.DoesNotContain(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections(), connection =>
            connection.RemoteEndPoint.Equals(server.EndPoint) && connection.State == TcpState.TimeWait);
    }

    [SkippableFact]
    public async Task An_address_without_a_route_is_named_so()
    {
        using NetworkNamespace empty = NetworkNamespace.CreateOrSkip();
        ProbeResult result = await empty.Run(() => new TcpProbe(new(IPAddress.Parse("192.0.2.1"), 80)).RunAsync(CancellationToken.None)).WaitAsync(Bound);
        Assert.Equal(new(Ok: false, "network unreachable"), result);
    }

    [SkippableFact]
    public async Task A_silent_address_is_waited_for_until_the_caller_cancels()
    {
        using NetworkNamespace silent = NetworkNamespace.CreateOrSkip();
        silent.Silence(80);
        using CancellationTokenSource limit = new();
        Task<ProbeResult> running = silent.Run(() => new TcpProbe(new(IPAddress.Loopback, 80)).RunAsync(limit.Token));
        Assert.NotSame(running, await Task.WhenAny(running, Task.Delay(100)));
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Bound));
    }
}

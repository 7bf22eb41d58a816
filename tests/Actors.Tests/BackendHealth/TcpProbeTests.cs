using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Dataplane.Tests.Ports;
using RustyRail.Actors.BackendHealth;

namespace Actors.Tests.BackendHealth;

public sealed class TcpProbeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_port_that_accepts_is_up(string address)
    {
        using OneAnswerServer server = new("", address: address);
        Assert.Equal(new(Ok: true, "connected"), await new TcpProbe(server.EndPoint).RunAsync(CancellationToken.None).WaitAsync(Bound));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_closed_port_is_refused(string address)
    {
        IPEndPoint closed;
        using (OneAnswerServer server = new("", address: address)) closed = server.EndPoint;
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

    [SkippableTheory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public async Task An_address_without_a_route_is_named_so(string address)
    {
        using NetworkNamespace empty = NetworkNamespace.CreateOrSkip();
        ProbeResult result = await empty.Run(() => new TcpProbe(new(IPAddress.Parse(address), 80)).RunAsync(CancellationToken.None)).WaitAsync(Bound);
        Assert.Equal(new(Ok: false, "network unreachable"), result);
    }

    [SkippableFact]
    public async Task An_IPv6_server_with_no_address_to_ask_it_from_is_named_so()
    {
        using NetworkNamespace place = NetworkNamespace.CreateOrSkip();
        place.Ip("link add eth0 type veth peer name peer");
        place.Ip("link set eth0 addrgenmode none");
        place.Ip("link set eth0 up");
        place.Ip("link set peer up");
        place.Ip("-6 route add 2001:db8::/64 dev eth0");
        place.Ip("addr del ::1/128 dev lo");
        ProbeResult result = await place.Run(() => new TcpProbe(new(IPAddress.Parse("2001:db8::1"), 80)).RunAsync(CancellationToken.None)).WaitAsync(Bound);
        Assert.Equal(new(Ok: false, "this node has no address or no free port to send from"), result);
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_silent_address_is_waited_for_until_the_caller_cancels(string address)
    {
        using NetworkNamespace silent = NetworkNamespace.CreateOrSkip();
        silent.Silence(80);
        using CancellationTokenSource limit = new();
        Task<ProbeResult> running = silent.Run(() => new TcpProbe(new(IPAddress.Parse(address), 80)).RunAsync(limit.Token));
        Assert.NotSame(running, await Task.WhenAny(running, Task.Delay(100)));
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Bound));
    }
}

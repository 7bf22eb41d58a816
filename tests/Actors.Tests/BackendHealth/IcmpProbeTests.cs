using System.Net;
using Dataplane.Tests.Ports;
using RustyRail.Actors.BackendHealth;

namespace Actors.Tests.BackendHealth;

public sealed class IcmpProbeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_address_that_answers_is_up_without_a_ping_program(string address)
    {
        using NetworkNamespace place = NetworkNamespace.CreateOrSkip();
        Assert.Equal(new(Ok: true, "echo answered"), await Run(place, address, CancellationToken.None));
    }

    [SkippableTheory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public async Task An_address_without_a_route_is_down(string address)
    {
        using NetworkNamespace empty = NetworkNamespace.CreateOrSkip();
        ProbeResult result = await Run(empty, address, CancellationToken.None);
        Assert.False(result.Ok);
        Assert.Contains("unreachable", result.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_silent_address_is_waited_for_until_the_caller_cancels(string address)
    {
        using NetworkNamespace silent = NetworkNamespace.CreateOrSkip();
        silent.SilenceEcho();
        using CancellationTokenSource limit = new();
        Task<ProbeResult> running = Run(silent, address, limit.Token);
        Assert.NotSame(running, await Task.WhenAny(running, Task.Delay(100)));
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Task<ProbeResult> Run(NetworkNamespace place, string address, CancellationToken cancel) =>
        place.Run(() => new IcmpProbe(IPAddress.Parse(address), TimeSpan.FromSeconds(5)).RunAsync(cancel)).WaitAsync(Bound, CancellationToken.None);
}

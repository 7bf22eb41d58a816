using System.Net;
using System.Net.NetworkInformation;

namespace RustyRail.Actors.BackendHealth;

/// <summary>
/// Up if the address answers an echo request. As root (or with CAP_NET_RAW) the runtime uses a raw socket of its own; no ping program
/// is needed.
/// </summary>
/// <param name="limit">Only a backstop: the caller cancels earlier.</param>
internal sealed class IcmpProbe(IPAddress target, TimeSpan limit) : IProbe
{
    private static readonly byte[] Payload = "rustyrail-health"u8.ToArray();

    public async Task<ProbeResult> RunAsync(CancellationToken cancel)
    {
        try
        {
            using Ping ping = new();
            PingReply reply = await ping.SendPingAsync(target, limit + TimeSpan.FromSeconds(1), Payload, options: null, cancel).ConfigureAwait(false);
            return new(reply.Status == IPStatus.Success, reply.Status == IPStatus.Success ? "echo answered" : Describe(reply.Status));
        }
        catch (Exception e) when (e is PingException or PlatformNotSupportedException)
        {
            return new(Ok: false, (e.InnerException ?? e).Message);
        }
    }

    private static string Describe(IPStatus status) => status switch
    {
        IPStatus.TimedOut => "no echo reply",
        IPStatus.DestinationHostUnreachable or IPStatus.DestinationUnreachable => "host unreachable",
        IPStatus.DestinationNetworkUnreachable => "network unreachable",
        _ => $"echo failed: {status}",
    };
}

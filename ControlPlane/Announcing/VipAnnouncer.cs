using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Draining;
using RustyRail.ControlPlane.NextHops;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Announcing;

/// <summary>
/// Keeps a route for each VIP in the kernel while this node is to be sent traffic: from the time it is first ready until it is withdrawn or its dataplane
/// shows no sign of life. What the cluster or the actors do meanwhile changes nothing.
/// </summary>
internal sealed partial class VipAnnouncer(string device, RegionFile region, Pipeline pipeline, StatusReport status, NodeDrain drain, ILogger<VipAnnouncer> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Null: what an earlier life of this control plane announced is as it should be, as far as is known yet.
    private IReadOnlyCollection<IPNetwork>? _vips;
    private string _problem = "";

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Interval);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            await LookAsync();
            if (_vips is not { } vips) continue;
            try
            {
                Say(Tell(vips));
            }
            catch (Exception e) when (e is RtnetlinkException or SocketException)
            {
                Say(e.Message);
            }
        }
    }

    private async Task LookAsync()
    {
        if (drain.IsWithdrawn || !DataplaneSigns.Read(region).IsFresh)
        {
            _vips = [];
            return;
        }

        try
        {
            if (await status.IsReadyAsync()) _vips = Announceable((await pipeline.CatalogueAsync()).Spec.Services.Values.Select(service => service.Vip));
        }
        catch (PipelineUnavailableException)
        {
            // Forwarding goes on by what was last known, and so does this.
        }
    }

    // A service for every address must not take the host's default route away.
    private static HashSet<IPNetwork> Announceable(IEnumerable<IPNetwork> vips) => [.. vips.Where(vip => vip.PrefixLength > 0)];

    /// <returns>What keeps some of them from being announced; empty when all are.</returns>
    private string Tell(IReadOnlyCollection<IPNetwork> vips)
    {
        using VipRoutes routes = VipRoutes.Open();
        string name = $"rr-{routes.IndexOf(device)}";
        int index = routes.IndexOf(name);
        if (index == 0)
        {
            // Its routes went with it.
            return vips.Count == 0 ? "" : $"{name}: the dataplane holds no such device: nothing can be announced (is there a /dev/net/tun?)";
        }

        RouteChanges changes = RouteChanges.Between(routes.Present(index), vips, index);
        foreach (VipRoute route in changes.Remove)
        {
            routes.Remove(route);
            Withdrawn(route.Vip);
        }

        string problem = "";
        foreach (VipRoute route in changes.Add)
        {
            if (routes.TryAdd(route, out string refusal)) Announced(route.Vip);
            else if (problem.Length == 0) problem = refusal;
        }

        return problem;
    }

    // Each problem once, not four times a second.
    private void Say(string problem)
    {
        if (problem.Length > 0 && problem != _problem) Failed(problem);
        _problem = problem;
    }

    [LoggerMessage(LogLevel.Information, "{Vip} is announced")]
    private partial void Announced(IPNetwork vip);

    [LoggerMessage(LogLevel.Information, "{Vip} is withdrawn")]
    private partial void Withdrawn(IPNetwork vip);

    [LoggerMessage(LogLevel.Warning, "VIPs are not announced as they should be: {Problem}")]
    private partial void Failed(string problem);
}

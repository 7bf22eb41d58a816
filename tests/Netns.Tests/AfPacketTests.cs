using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>The port that works on any device: the lab's second iteration, and the host beside it, whatever becomes of the dataplane.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class AfPacketTests(ITestOutputHelper output)
{
    private static readonly IPAddress _balancer = IPAddress.Parse("192.168.137.188");

    [SkippableFact]
    public void Requests_are_spread_over_both_servers_and_a_killed_dataplane_is_soon_back()
    {
        using TestBed bed = Up();
        Assert.Equal("af_packet", Balancer.Status().All.GetProperty("dataplane").GetProperty("port").GetString());
        using var prober = new Prober(patienceMilliseconds: 1000);
        Eventually.Holds("both servers answer", TimeSpan.FromSeconds(10), () => prober.Since(0).Select(request => request.Body).Distinct().Count() == 2);
        Assert.All(prober.Since(0), request => Assert.True(request.Answered, request.Failure));
        Download.Start().AssertIdentical();

        int before = Balancer.Status().DataplanePid;
        long killed = Stopwatch.GetTimestamp();
        Balancer.Kill(before);
        Eventually.Holds("forwarding again", TimeSpan.FromSeconds(10), () => Balancer.Status().DataplanePid is int now && now != 0 && now != before
            && prober.Since(killed).TakeLast(20).Count(request => request.Answered) == 20);
        TimeSpan outage = Stopwatch.GetElapsedTime(killed, prober.Stop().Where(request => request.Started >= killed && !request.Answered)
            .Select(request => request.Ended).DefaultIfEmpty(killed).Max());
        output.WriteLine($"measured: af_packet: kill -9 of the dataplane, the last request that failed ended {outage.TotalMilliseconds:0} ms later");
        Assert.True(outage < TimeSpan.FromSeconds(3), $"requests failed for {outage.TotalMilliseconds:0} ms");
    }

    [SkippableFact]
    public void A_clean_stop_leaves_the_device_as_it_was()
    {
        using TestBed bed = Up();
        Assert.Contains("generic-receive-offload: off", Features(), StringComparison.Ordinal);
        Assert.False(TestBed.Inside("client1", () => GreProbe.IsRefused(_balancer, TestBed.Vip, milliseconds: 500, packets: 20)), "GRE for a VIP was refused");
        TestBed.Lab("lb", "stop", Balancer.Host).OrFail();
        Assert.True(TestBed.Inside("client1", () => GreProbe.IsRefused(_balancer, TestBed.Vip, milliseconds: 2000)), "the filter is still there");
        Assert.Contains("generic-receive-offload: on", Features(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Auto_takes_it_where_nothing_else_works_and_says_why()
    {
        using TestBed bed = TestBed.Up("1", "--gre", "own", "--port", "auto");
        TestBed.Lab("lb", "stop", Balancer.Host).OrFail();
        // Frames so long fit neither netmap's buffers nor AF_XDP's.
        TestBed.Exec(Balancer.Host, "ip", "link", "set", "eth0", "mtu", "9000").OrFail();
        TestBed.Lab("lb", "start", Balancer.Host).OrFail();
        JsonElement dataplane = Balancer.Status().All.GetProperty("dataplane");
        Assert.Equal("af_packet", dataplane.GetProperty("port").GetString());
        Assert.Matches("; not netmap: .+; not af_xdp: MTU 9000 is too large for AF_XDP", dataplane.GetProperty("note").GetString());
        Assert.True(TestBed.Inside("client1", () => HttpRequest.Get(connectMilliseconds: 3000)).Answered);
    }

    private static TestBed Up() => TestBed.Up("2", "--gre", "own", "--port", "af_packet");

    private static string Features() => TestBed.Exec(Balancer.Host, "ethtool", "-k", "eth0").OrFail().Output;
}

using System.Diagnostics;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

[Collection(OneLabAtATime.Name)]
public sealed class CrashTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Killing_the_control_plane_fails_nothing_and_its_successor_takes_over_as_it_was()
    {
        using TestBed bed = TestBed.Up("2", "--spares", "1");
        Balancer.Run("backend", "add", "web/server3", "192.168.137.13").OrFail();
        Balancer.Run("backend", "drain", "web/server2").OrFail();
        Eventually.Holds("server3 is up and the tables say so", TimeSpan.FromSeconds(10), () => Balancer.Backend("server3").GetProperty("health").GetString() == "up");
        BalancerStatus before = SettledStatus();
        Download download = Download.Start();
        using var prober = new Prober(patienceMilliseconds: 3000);

        int killed = Balancer.KillControlPlane();
        Eventually.Holds("500 requests without a control plane", TimeSpan.FromSeconds(60), () => prober.Count >= 500);
        Balancer.StartControlPlane();
        Eventually.Holds("1,000 requests", TimeSpan.FromSeconds(60), () => prober.Count >= 1000);
        Assert.True(download.InFlight, "the download ended too early to prove anything");
        IReadOnlyList<HttpRequest> requests = prober.Stop();
        download.AssertIdentical();

        BalancerStatus after = SettledStatus();
        output.WriteLine($"measured: kill -9 of rustyrail {killed}: {requests.Count} requests, {requests.Count(request => !request.Answered)} failed; dataplane pid {before.DataplanePid} stayed");
        Assert.All(requests, request => Assert.True(request.Answered, request.Failure));
        Assert.Equal(before.DataplanePid, after.DataplanePid);
        Assert.Equal((before.SpecDigest, before.TableDigest), (after.SpecDigest, after.TableDigest));
        Assert.Equal("draining", Balancer.Backend("server2").GetProperty("state").GetString());
        Assert.Equal("192.168.137.13", Balancer.Backend("server3").GetProperty("address").GetString());
    }

    [SkippableFact]
    public void Killing_the_dataplane_interrupts_forwarding_for_less_than_two_seconds_and_keeps_flows()
    {
        using TestBed bed = TestBed.Up("2");
        Download download = Download.Start();
        // Its server gets no new flows now: only the flow table still knows where the download goes.
        Balancer.Run("backend", "drain", $"web/{download.Server}").OrFail();
        int before = Balancer.Status().DataplanePid;
        using var prober = new Prober(patienceMilliseconds: 100);
        Eventually.Holds("the table changed and requests are answered", TimeSpan.FromSeconds(30),
            () => prober.Count > 50 && prober.Since(0).TakeLast(50).All(request => request.Answered && request.Body != download.Server));

        long killed = Stopwatch.GetTimestamp();
        Balancer.Kill(before);
        Eventually.Holds("forwarding again", TimeSpan.FromSeconds(10), () =>
            Balancer.Status().DataplanePid is int now && now != 0 && now != before && prober.Since(killed).Any(request => request.Answered && request.Started > LastFailure(prober, killed)));
        TimeSpan outage = Stopwatch.GetElapsedTime(killed, prober.Since(killed).First(request => request.Answered && request.Started > LastFailure(prober, killed)).Ended);
        prober.Stop();
        Assert.True(download.InFlight, "the download ended too early to prove anything");
        download.AssertIdentical();

        int after = Balancer.Status().DataplanePid;
        output.WriteLine($"measured: kill -9 of rustyrail-dataplane {before}: forwarding again after {outage.TotalMilliseconds:0} ms by {after}; the download went on");
        Assert.NotEqual(before, after);
        Assert.True(outage < TimeSpan.FromSeconds(2), $"forwarding took {outage.TotalMilliseconds:0} ms");
    }

    // A restart may be so quick that only a retransmission is late, and no request fails at all.
    private static long LastFailure(Prober prober, long since) =>
        prober.Since(since).Where(request => !request.Answered).Select(request => request.Started).DefaultIfEmpty(since).Max();

    /// <summary>Once every change has reached the dataplane: the digests no longer move.</summary>
    private static BalancerStatus SettledStatus()
    {
        BalancerStatus last = Balancer.Status();
        Eventually.Holds("ready and settled", TimeSpan.FromSeconds(15), () =>
        {
            BalancerStatus previous = last;
            last = Balancer.Status();
            return last.Ready && last.TableDigest == previous.TableDigest && last.SpecDigest == previous.SpecDigest;
        });
        return last;
    }
}

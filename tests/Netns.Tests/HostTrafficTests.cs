using System.Net;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>The balancer's own address is a host like any other, whatever becomes of its dataplane.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class HostTrafficTests(ITestOutputHelper output)
{
    private static readonly IPAddress _balancer = IPAddress.Parse("192.168.137.188");
    private static readonly IPAddress _noVip = IPAddress.Parse("10.9.9.9");

    [SkippableTheory]
    [InlineData("af_xdp")]
    [InlineData("af_packet")]
    public void The_host_is_reachable_and_gre_for_a_vip_is_never_refused_with_and_without_a_dataplane(string port)
    {
        using TestBed bed = TestBed.Up("2", "--gre", "own", "--port", port);
        using var files = FileServer.Start(Balancer.Host, 8000, Path.Combine(TestBed.StateDirectory, "big"));

        AssertHostReachable(port, "while it runs");
        int dataplane = Balancer.Status().DataplanePid;
        Balancer.KillControlPlane();
        Balancer.Kill(dataplane);
        Eventually.Holds("the dataplane is gone", TimeSpan.FromSeconds(5), () => !Directory.Exists($"/proc/{dataplane}") || File.ReadAllText($"/proc/{dataplane}/stat").Contains(") Z", StringComparison.Ordinal));
        AssertHostReachable(port, "while both processes are dead");
        Assert.False(TestBed.Inside("client1", () => HttpRequest.Get(connectMilliseconds: 300)).Answered, "nothing can forward now: the test would prove nothing");
    }

    private void AssertHostReachable(string port, string when)
    {
        TestBed.Exec("client1", "ping", "-c", "5", "-i", "0.2", "-W", "1", _balancer.ToString()).OrFail();
        Download.Start("client1", _balancer, 8000).AssertIdentical();
        Assert.True(TestBed.Inside("client1", () => GreProbe.IsRefused(_balancer, _noVip, milliseconds: 2000)), $"GRE for no VIP must reach the kernel {when}");
        Assert.False(TestBed.Inside("client1", () => GreProbe.IsRefused(_balancer, TestBed.Vip, milliseconds: 500, packets: 20)), $"GRE for a VIP was refused {when}");
        output.WriteLine($"measured: {port}, {when}: ping 5/5, 200 MB download identical, GRE for no VIP answered 'protocol unreachable', GRE for a VIP not");
    }
}

using System.Net;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>The lab without balancers: its router and <c>rustyrail-dataplane decap</c> on their own.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class DecapTests(ITestOutputHelper output)
{
    private static readonly IPAddress _server1 = IPAddress.Parse("192.168.137.11");

    [SkippableFact]
    public void Requests_and_a_big_download_come_through_our_own_gre_ends()
    {
        using TestBed bed = TestBed.Up("2", "--direct", "--gre", "own");

        string[] servers = TestBed.Inside("client1", () => Enumerable.Range(0, 100).Select(_ => HttpRequest.Get().Body).Distinct().Order().ToArray());
        Assert.Equal(["server1", "server2"], servers);
        Download.Start().AssertIdentical();
    }

    [SkippableFact]
    public void A_big_upload_fits_the_tunnel()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own");
        TestBed.Exec("client1", "curl", "-sf", "-m", "60", "-T", Path.Combine(TestBed.StateDirectory, "big"), $"http://{TestBed.Vip}/upload/big").OrFail();
        TestBed.Exec("server1", "cmp", Path.Combine(TestBed.StateDirectory, "big"), TestBed.HostFile("server1", "upload/big")).OrFail();
    }

    [SkippableFact]
    public void Gre_from_a_stranger_is_counted_and_the_kernel_never_refuses_the_protocol()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own");
        TestBed.Exec("client1", "ip", "address", "add", "192.168.138.1/32", "dev", "lo").OrFail();
        TestBed.Exec("client1", "ip", "route", "replace", "192.168.137.11/32", "dev", "eth0", "src", "192.168.138.1").OrFail();
        TestBed.Exec("server1", "ip", "route", "add", "192.168.138.1/32", "via", "192.168.137.101").OrFail();

        Assert.False(TestBed.Inside("client1", () => GreProbe.IsRefused(_server1, TestBed.Vip, milliseconds: 300, packets: 3)));
        TestBed.Exec("server1", "kill", "-USR1", $"{TestBed.PidOf("server1", "decap")}").OrFail();
        string log = TestBed.HostFile("server1", "decap.log");
        Eventually.Holds("the refused packets are counted", TimeSpan.FromSeconds(5), () => File.ReadAllText(log).Contains("(sourceNotAllowed 3)", StringComparison.Ordinal));
        output.WriteLine(File.ReadAllText(log));
    }

    [SkippableFact]
    public void Without_it_the_kernel_refuses_the_protocol()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own");
        TestBed.Exec("server1", "kill", "-KILL", $"{TestBed.PidOf("server1", "decap")}").OrFail();
        Eventually.Holds("decap is gone and the kernel answers", TimeSpan.FromSeconds(5),
            () => TestBed.Inside("client1", () => GreProbe.IsRefused(_server1, TestBed.Vip, milliseconds: 100)));
    }
}

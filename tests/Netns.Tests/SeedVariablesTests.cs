using System.Diagnostics;
using System.Net;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;

namespace Netns.Tests;

/// <summary>The first version's way: two variables, every GRE packet spread over the targets, whatever is inside.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class SeedVariablesTests
{
    private static readonly IPAddress _anyAddress = IPAddress.Parse("10.77.0.5");

    [SkippableFact]
    public void Every_gre_packet_is_spread_over_the_targets_and_nothing_is_stored()
    {
        using TestBed bed = TestBed.Up("2");
        TestBed.Lab("lb", "stop", "lb1").OrFail();
        string data = Directory.CreateDirectory(TestBed.HostFile("lb1", "seed-data")).FullName;
        foreach (string server in (string[])["server1", "server2"])
            TestBed.Exec(server, "ip", "address", "add", $"{_anyAddress}/32", "dev", "lo").OrFail();
        TestBed.Exec("client1", "bash", "-c", $"ip route add {_anyAddress} $(ip route show 10.1.0.0/24 | cut -d' ' -f2-)").OrFail();

        using Process seed = TestBed.StartExec("lb1", "env", $"RR_DATA_DIR={data}", "RR_DEVICE=eth0", "RR_TARGET_IPS=192.168.137.11;192.168.137.12", Repository.RustyRail);
        try
        {
            foreach (IPAddress destination in (IPAddress[])[TestBed.Vip, _anyAddress])
            {
                Eventually.Holds($"both targets answer for {destination}", TimeSpan.FromSeconds(20),
                    () => TestBed.Inside("client1", () => Enumerable.Range(0, 20).Select(_ => HttpRequest.Get(destination).Body).ToHashSet().IsSupersetOf(["server1", "server2"])));
                Assert.All(TestBed.Inside("client1", () => Enumerable.Range(0, 100).Select(_ => HttpRequest.Get(destination)).ToArray()), request => Assert.True(request.Answered, request.Failure));
            }
            Assert.DoesNotContain(Directory.GetFiles(data, "*", SearchOption.AllDirectories), file => file.Contains("catalogue", StringComparison.Ordinal));
        }
        finally
        {
            Command.Run("kill", ["-TERM", $"{seed.Id}"]);
            Assert.True(seed.WaitForExit(TimeSpan.FromSeconds(10)), "rustyrail does not end on SIGTERM");
        }
        Assert.Equal(0, seed.ExitCode);
    }
}

using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

[Collection(OneLabAtATime.Name)]
public sealed class DistributionTests(ITestOutputHelper output)
{
    private const int Requests = 1000, FirstPort = 20000;

    [SkippableFact]
    public void A_thousand_requests_are_answered_by_both_servers_and_explain_names_the_right_one()
    {
        using TestBed bed = TestBed.Up("2");
        int[] ports = [.. Enumerable.Range(FirstPort, Requests)];
        string[] foretold = Balancer.Explain(ports);

        HttpRequest[] requests = TestBed.Inside("client1", () => ports.Select(port => HttpRequest.Get(sourcePort: port)).ToArray());

        Assert.All(requests, request => Assert.Equal("", request.Failure));
        int first = requests.Count(request => request.Body == "server1");
        output.WriteLine($"measured: {Requests} requests, server1 {first}, server2 {Requests - first}");
        Assert.InRange(first, Requests * 4 / 10, Requests * 6 / 10);
        Assert.Equal(foretold, requests.Select(request => request.Body));
        Assert.Equal(foretold, Balancer.Explain(ports));
    }

    [SkippableFact]
    public void Every_number_of_servers_serves_through_every_number_of_balancers()
    {
        using TestBed bed = TestBed.Up("4", "--servers", "3");
        foreach (string client in (string[])["client1", "client2"])
        {
            string[] servers = TestBed.Exec(client, "bash", "-c", $"for i in {{1..60}}; do curl -s -m 3 http://{TestBed.Vip}/; done").OrFail()
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(60, servers.Length);
            Assert.Equal(["server1", "server2", "server3"], servers.Distinct().Order());
        }
    }
}

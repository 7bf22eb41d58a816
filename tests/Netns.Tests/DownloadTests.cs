using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

[Collection(OneLabAtATime.Name)]
public sealed class DownloadTests(ITestOutputHelper output)
{
    private const string OtherPool = "other";

    [SkippableFact]
    public void A_download_survives_a_third_backend_added_drained_and_removed()
    {
        using TestBed bed = TestBed.Up("2", "--spares", "1");
        Download download = Download.Start();
        string server = download.Server;

        Balancer.Run("backend", "add", "web/server3", "192.168.137.13").OrFail();
        Eventually.Holds("server3 serves", TimeSpan.FromSeconds(10), () => Serves("server3"));
        Balancer.Run("backend", "drain", "web/server3").OrFail();
        Eventually.Holds("server3 gets no new flows", TimeSpan.FromSeconds(10), () => !Serves("server3"));
        Balancer.Run("backend", "remove", "web/server3").OrFail();
        Assert.True(download.InFlight, "the download ended before the changes did: they proved nothing");

        download.AssertIdentical();
        output.WriteLine($"measured: 200 MB from {server} identical across add, drain and remove of server3");
    }

    [SkippableFact]
    public void A_download_survives_a_hundred_changes_in_another_pool()
    {
        using TestBed bed = TestBed.Up("2");
        string file = TestBed.HostFile("lb1", "two-pools.json");
        File.WriteAllText(file, File.ReadAllText(TestBed.HostFile("lb1", "lab-services.json")).Replace(
            "\"pools\": {", $$"""
            "pools": { "{{OtherPool}}": { "backends": [ { "name": "a", "address": "192.168.137.11" }, { "name": "b", "address": "192.168.137.12" } ] },
            """, StringComparison.Ordinal));
        Balancer.Run("apply", file).OrFail();
        Download download = Download.Start();
        long before = Balancer.Status().Generation;

        // Over the admin API, as the command line does: a hundred program starts would only take longer.
        TestBed.Exec("lb1", "bash", "-ec", $$"""
            for n in {1..100}; do
              curl -sf -o /dev/null -X PUT -H 'Content-Type: application/json' -d "{\"weight\": $((n + 100))}" http://127.0.0.1:8080/api/v1/backends/{{OtherPool}}/a/weight
            done
            """).OrFail();
        Assert.True(download.InFlight, "the download ended before the changes did: they proved nothing");
        long after = Balancer.Status().Generation;
        download.AssertIdentical();

        output.WriteLine($"measured: 200 MB identical across 100 changes in another pool, generation {before} to {after}");
        Assert.True(after > before, "the changes reached the dataplane");
        Assert.Equal(200, Balancer.Backend("a").GetProperty("weight").GetInt32());
    }

    [SkippableFact]
    public void A_download_survives_the_drain_of_the_server_that_serves_it()
    {
        using TestBed bed = TestBed.Up("2", "--servers", "3");
        Download download = StartFrom("server3");
        Balancer.Run("backend", "drain", "web/server3").OrFail();
        Eventually.Holds("server3 gets no new flows", TimeSpan.FromSeconds(10), () => !Serves("server3"));
        Assert.True(download.InFlight, "the download ended before the drain: it proved nothing");
        download.AssertIdentical();
        output.WriteLine("measured: 200 MB from server3 identical while server3 drained");
    }

    /// <summary>Downloads until one is served by that server; the others run to their end beside it.</summary>
    private static Download StartFrom(string server)
    {
        for (int attempt = 0; attempt < 30; attempt++)
        {
            Download download = Download.Start();
            if (download.Server == server)
                return download;
            download.Cancel();
        }
        throw new InvalidOperationException($"none of 30 downloads was served by {server}");
    }

    private static bool Serves(string server) =>
        TestBed.Inside("client1", () => Enumerable.Range(0, 60).Any(_ => HttpRequest.Get().Body == server));
}

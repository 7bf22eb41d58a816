using System.Globalization;
using System.Text.Json;
using Netns.Tests.Lab;

namespace Netns.Tests.Cluster;

/// <summary>Which change is later is counted, not read from a clock.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class ClockTests
{
    private static readonly string[] _all = ["lb1", "lb2", "lb3"];
    private static readonly TimeSpan _ahead = TimeSpan.FromMinutes(7);

    [SkippableFact]
    public void A_node_whose_clock_is_minutes_fast_neither_wins_over_later_changes_nor_loses_its_own()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        using FastClock clock = new();
        LabCluster.Lab("lb", "stop", "lb3");
        LabCluster.Lab("lb", "start", "lb3");
        cluster.Agreed(_all);
        int dataplane = DataplaneOfLb3();

        // Set while it runs: nobody goes, nothing starts anew.
        clock.Set(_ahead);
        cluster["lb3"].SetWeight("server1", 10);
        cluster.Agreed(_all);
        Assert.InRange(WhenOfLatest() - DateTimeOffset.UtcNow, _ahead - TimeSpan.FromMinutes(1), _ahead + TimeSpan.FromMinutes(1));
        cluster["lb1"].SetWeight("server1", 20);
        cluster.Agreed(_all);
        Assert.Equal(20, Weight("server1"));

        // Apart: of the same entry the side that has counted further wins, whatever its clock says; of different entries both are kept.
        LabCluster.Lab("isolate", "lb3");
        cluster["lb3"].SetWeight("server2", 31);
        cluster["lb3"].SetWeight("server3", 32);
        foreach (int weight in (int[])[41, 42, 43]) cluster["lb1"].SetWeight("server2", weight);
        LabCluster.Lab("heal", "lb3");
        cluster.Agreed(_all);
        Assert.Equal((43, 32), (Weight("server2"), Weight("server3")));

        // Set right, it goes back: what is changed now is later all the same.
        clock.Set(TimeSpan.Zero);
        cluster["lb3"].SetWeight("server3", 60);
        cluster["lb2"].SetWeight("server1", 61);
        cluster.Agreed(_all);
        Assert.Equal((60, 61), (Weight("server3"), Weight("server1")));
        Assert.Equal(dataplane, DataplaneOfLb3());
        Assert.Single(File.ReadLines(TestBed.HostFile("lb3", "rustyrail.log")), line => line.Contains("A new ActorSystem begins", StringComparison.Ordinal)); // with the key, at its birth

        int Weight(string backend) => JsonDocument.Parse(cluster.AssertOneExport(_all)).RootElement
            .GetProperty("pools").GetProperty("web").GetProperty("backends").EnumerateArray()
            .Single(entry => entry.GetProperty("name").GetString() == backend).GetProperty("weight").GetInt32();
    }

    private static int DataplaneOfLb3() => JsonDocument.Parse(TestBed.Exec("lb3", "rustyrail", "status", "--json").OrFail().Output).RootElement
        .GetProperty("dataplane").GetProperty("pid").GetInt32();

    private static DateTimeOffset WhenOfLatest()
    {
        JsonElement history = JsonDocument.Parse(TestBed.Exec("lb1", "rustyrail", "history", "--json").OrFail().Output).RootElement;
        return DateTimeOffset.Parse(history.EnumerateArray().First().GetProperty("when").GetString()!, CultureInfo.InvariantCulture);
    }
}

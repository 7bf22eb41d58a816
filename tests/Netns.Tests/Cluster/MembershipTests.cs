using System.Diagnostics;
using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

[Collection(OneLabAtATime.Name)]
public sealed class MembershipTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public void Nodes_join_leave_die_and_come_back_and_miss_no_change()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3, spares: 1);
        cluster["lb2"].SetWeight("server1", 50);

        LabCluster.Lab("lb", "start", "lb4");
        Say("a fourth node has joined", cluster.Agreed("lb1", "lb2", "lb3", "lb4"));
        Assert.Contains("\"weight\": 50", cluster.AssertOneExport("lb1", "lb2", "lb3", "lb4"));

        LabCluster.Lab("lb", "stop", "lb4");
        Say("it has left", cluster.Agreed("lb1", "lb2", "lb3"));

        // The first seed, and the oldest member.
        LabCluster.Lab("lb", "kill", "lb1");
        TimeSpan stale = Eventually.Holds("lb2 says that lb1 is gone", _bound, () => cluster["lb2"].Facts() is { Stale: true } facts && facts.Members.Contains("lb1:unreachable"));
        Say("lb1, killed, is known to be unreachable", stale);
        cluster["lb3"].SetWeight("server2", 60);
        LabCluster.Lab("lb", "start", "lb4");
        Eventually.Holds("a node that left joins again by the other seeds and has what was changed", _bound, () => cluster["lb4"].Facts() is { } facts
            && facts.SpecDigest == cluster["lb3"].Facts()!.SpecDigest && facts.Members.Length == 4);

        LabCluster.Lab("lb", "start", "lb1");
        Say("lb1 is back, and no cluster of its own", cluster.Agreed("lb1", "lb2", "lb3", "lb4"));
        string export = cluster.AssertOneExport("lb1", "lb2", "lb3", "lb4");
        Assert.Contains("\"weight\": 50", export);
        Assert.Contains("\"weight\": 60", export);
    }

    [SkippableFact]
    public void Each_node_in_turn_cut_off_takes_changes_and_after_healing_all_of_them_are_everywhere()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        string[] all = ["lb1", "lb2", "lb3"];
        int weight = 10;
        foreach (string alone in all)
        {
            string other = all.First(name => name != alone);
            LabCluster.Lab("isolate", alone);
            long cut = Stopwatch.GetTimestamp();
            // One before anybody has noticed, one when it is known.
            cluster[alone].SetWeight("server1", ++weight);
            cluster[other].SetWeight("server2", ++weight);
            Eventually.Holds($"{alone} and {other} say stale", _bound, () => cluster[alone].Facts()!.Stale && cluster[other].Facts()!.Stale);
            TimeSpan noticed = Stopwatch.GetElapsedTime(cut);
            Assert.True(cluster[alone].Facts()!.Ready, $"{alone} does not forward while it is alone");
            cluster[alone].SetWeight("server3", ++weight);

            LabCluster.Lab("heal", alone);
            TimeSpan healed = cluster.Agreed(all);
            string export = cluster.AssertOneExport(all);
            output.WriteLine($"measured: {alone} cut off: stale after {noticed.TotalSeconds:0.0} s; one again {healed.TotalSeconds:0.0} s after healing");
            foreach (int set in (int[])[weight - 2, weight - 1, weight]) Assert.Contains($"\"weight\": {set}", export);
            Assert.True(healed < TimeSpan.FromSeconds(15), $"healing took {healed.TotalSeconds:0.0} s");
        }
    }

    [SkippableFact]
    public void Stopped_all_and_started_in_any_order_the_export_is_byte_for_byte_the_same()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        string[] all = ["lb1", "lb2", "lb3"];
        cluster["lb3"].SetWeight("server1", 77);
        cluster["lb2"].SetState("server3", "draining");
        cluster.Agreed(all);
        string before = cluster.AssertOneExport(all);
        // The first seed starts last: nobody forms a new cluster until it is there, all forward from the first moment.
        foreach (string name in (string[])["lb1", "lb3", "lb2"]) LabCluster.Lab("lb", "stop", name);
        Task[] starts = [.. ((string[])["lb3", "lb2", "lb1"]).Select(name => Task.Run(() => LabCluster.Lab("lb", "start", name)))];
        Task.WaitAll(starts);
        Say("all stopped and started, the first seed last, are one again", cluster.Agreed(all));
        Assert.Equal(before, cluster.AssertOneExport(all));
    }

    private void Say(string what, TimeSpan after) => output.WriteLine($"measured: {what}: {after.TotalSeconds:0.0} s");
}

using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

/// <summary>All nodes go, and come back in some order or not at all: what was accepted is there, byte for byte.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class RestartTests(ITestOutputHelper output)
{
    private static readonly string[] _all = ["lb1", "lb2", "lb3"];
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public void All_stopped_and_started_in_reverse_then_all_without_power_at_once()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        string before = Changed(cluster);

        foreach (string name in _all) LabCluster.Lab("lb", "stop", name);
        StartOneAfterTheOther(cluster, "lb3", "lb2", "lb1");
        Say("stopped, and started in reverse", cluster.Agreed(_all));
        Assert.Equal(before, cluster.AssertOneExport(_all));

        // Nothing is told to anybody any more; the last change is a moment old.
        cluster["lb2"].SetWeight("server3", 5);
        Task.WaitAll([.. _all.Select(name => Task.Run(() => LabCluster.Lab("lb", "kill", name)))]);
        StartOneAfterTheOther(cluster, "lb2", "lb1", "lb3");
        Say("without power, then started", cluster.Agreed(_all));
        string after = cluster.AssertOneExport(_all);
        Assert.Equal(before, after.Replace("\"weight\": 5,", "\"weight\": 100,", StringComparison.Ordinal));
        Assert.NotEqual(before, after);
    }

    [SkippableFact]
    public void One_seed_never_comes_back_and_is_forgotten()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        string before = Changed(cluster);
        foreach (string name in (string[])["lb2", "lb3", "lb1"]) LabCluster.Lab("lb", "stop", name);
        StartOneAfterTheOther(cluster, "lb3", "lb2");

        string[] back = ["lb2", "lb3"];
        TimeSpan waited = Eventually.Holds("both are ready and miss lb1", _bound, () => Array.TrueForAll(back, name =>
            cluster[name].Facts() is { Ready: true, Stale: true } facts && facts.Members.SequenceEqual(["lb1:absent", "lb2:up", "lb3:up"])));
        Say("the first seed is not there", waited);
        Assert.Equal(before, cluster.AssertOneExport(back));

        TestBed.Exec("lb3", "rustyrail", "cluster", "forget", "lb1").OrFail();
        cluster.Agreed(back);
        Assert.Equal(before, cluster.AssertOneExport(back));
    }

    private static string Changed(LabCluster cluster)
    {
        cluster["lb1"].SetWeight("server1", 77);
        cluster["lb2"].SetState("server2", "draining");
        cluster["lb3"].SetWeight("server2", 9);
        cluster.Agreed(_all);
        return cluster.AssertOneExport(_all);
    }

    // The next as soon as the one before it runs: a start ends only when its node is ready, which may need the others.
    private static void StartOneAfterTheOther(LabCluster cluster, params string[] names)
    {
        List<Task> starts = [];
        foreach (string name in names)
        {
            starts.Add(Task.Run(() => LabCluster.Lab("lb", "start", name)));
            Eventually.Holds($"{name} runs", _bound, () => cluster[name].Facts() is not null);
        }

        Task.WaitAll([.. starts]);
    }

    private void Say(string what, TimeSpan after) => output.WriteLine($"measured: {what}: one again {after.TotalSeconds:0.0} s after the last was ready");
}

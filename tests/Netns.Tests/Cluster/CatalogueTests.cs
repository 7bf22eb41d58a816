using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

/// <summary>The catalogue's commands and files on real nodes.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class CatalogueTests(ITestOutputHelper output)
{
    private static readonly string[] _all = ["lb1", "lb2", "lb3"];

    [SkippableFact]
    public void A_change_is_in_every_nodes_history_can_be_undone_on_any_and_outdates_what_others_saw()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        string before = cluster.AssertOneExport(_all);
        string seen = cluster["lb1"].Facts()!.SpecDigest;

        On("lb2", "backend", "drain", "web/server1").OrFail();
        cluster.Agreed(_all);
        foreach (string name in _all) Assert.Contains("backend drain web/server1", On(name, "history").OrFail().Output);

        Command outdated = On("lb3", "apply", Exported(before), "--expect", seen);
        Assert.Equal((1, ""), (outdated.ExitCode, outdated.Output));
        Assert.Single(outdated.Errors.TrimEnd('\n').Split('\n'));

        On("lb1", "undo").OrFail();
        cluster.Agreed(_all);
        Assert.Equal(before, cluster.AssertOneExport(_all));
    }

    [SkippableFact]
    public void A_node_with_a_file_cut_off_keeps_it_aside_and_has_catalogue_and_history_of_the_others()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3);
        On("lb2", "backend", "weight", "web/server1", "50").OrFail();
        cluster.Agreed(_all);
        string before = cluster.AssertOneExport(_all);
        string history = On("lb1", "history").OrFail().Output;

        LabCluster.Lab("lb", "stop", "lb2");
        using (FileStream file = File.OpenWrite(TestBed.HostFile("lb2", "data/catalogue.db"))) file.SetLength(file.Length / 2);
        LabCluster.Lab("lb", "start", "lb2");
        output.WriteLine($"measured: a node without its catalogue is one with the others {cluster.Agreed(_all).TotalSeconds:0.0} s after it is ready");

        Assert.Equal(before, cluster.AssertOneExport(_all));
        Assert.Equal(history, On("lb2", "history").OrFail().Output);
        Assert.Single(Directory.GetFiles(TestBed.HostFile("lb2", "data"), "catalogue.db.bad-*"));
        Assert.Contains("lb2:up", cluster["lb1"].Facts()!.Members);
    }

    private static Command On(string host, params string[] arguments) => TestBed.Exec(host, ["rustyrail", .. arguments]);

    private static string Exported(string text)
    {
        string path = TestBed.HostFile("lb1", "exported.json");
        File.WriteAllText(path, text);
        return path;
    }
}

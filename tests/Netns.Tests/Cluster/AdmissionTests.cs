using System.Text.Json;
using Netns.Tests.Lab;

namespace Netns.Tests.Cluster;

/// <summary>Who does not belong to the cluster does not get in, does not serve beside it, and says why; those inside notice one line a minute.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class AdmissionTests : IDisposable
{
    private const string SeedsVariable = "RR_CLUSTER_SEEDS", PatienceVariable = "LAB_PATIENCE", Newcomer = "lb3", NewcomersAddress = "192.168.137.190";
    private static readonly string[] _inside = ["lb1", "lb2"];
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(SeedsVariable, null);
        Environment.SetEnvironmentVariable(PatienceVariable, null);
    }

    [SkippableFact]
    public void A_node_of_another_cluster_is_turned_away_is_not_ready_and_says_so_in_its_status()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2, spares: 1);
        // Born by itself, with a key and a catalogue of its own.
        Environment.SetEnvironmentVariable(SeedsVariable, NewcomersAddress);
        LabCluster.Lab("lb", "start", Newcomer);
        Environment.SetEnvironmentVariable(SeedsVariable, null);
        cluster[Newcomer].SetWeight("server1", 7);
        LabCluster.Lab("lb", "stop", Newcomer);
        string before = cluster.AssertOneExport(_inside);

        StartInVain(cluster, $"turns this node away: {Newcomer} and lb1 have different cluster keys");

        Assert.Equal(1, CountInLog(Newcomer, "lb1 turns this node away"));
        foreach (string node in _inside) Assert.Equal(1, CountInLog(node, $"{Newcomer} is turned away: {Newcomer} and {node} have different cluster keys"));
        AssertUntouched(cluster, before);

        // As the line says.
        LabCluster.Lab("lb", "stop", Newcomer);
        Directory.Move(TestBed.HostFile(Newcomer, "data"), TestBed.HostFile(Newcomer, "data-of-before"));
        Directory.Delete(TestBed.HostFile(Newcomer, "run"), recursive: true);
        Directory.CreateDirectory(TestBed.HostFile(Newcomer, "data"));
        Directory.CreateDirectory(TestBed.HostFile(Newcomer, "run"));
        Environment.SetEnvironmentVariable(PatienceVariable, null);
        LabCluster.Lab("lb", "start", Newcomer);
        cluster.Agreed([.. _inside, Newcomer]);
        Assert.Equal(before, cluster.AssertOneExport([.. _inside, Newcomer]));
    }

    [SkippableFact]
    public void A_node_with_certificate_and_authority_of_somebody_else_finds_nobody_and_says_why()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2, spares: 1);
        string before = cluster.AssertOneExport(_inside);
        string configuration = TestBed.HostFile(Newcomer, "node.json");
        string ours = Path.Combine(TestBed.StateDirectory, "authority"), others = Path.Combine(TestBed.StateDirectory, "others");
        Command.Run("bash", ["-c", $". {Repository.Root}/lab/lib/certificates.sh; make_authority {others}; make_certificate {others} {Newcomer}"]).OrFail();
        string withOurs = File.ReadAllText(configuration);
        string withOthers = withOurs.Replace($"{ours}/", $"{others}/", StringComparison.Ordinal);
        File.WriteAllText(configuration, withOthers);

        StartInVain(cluster, "192.168.137.188 is refused: its certificate CN=lb1 is not from this cluster's authority");

        foreach (string node in _inside)
        {
            string[] lines = LinesOfLog(node, NewcomersAddress);
            Assert.Contains($"{NewcomersAddress} is refused: its certificate CN={Newcomer} is not from this cluster's authority", lines[^1], StringComparison.Ordinal);
            // The newcomer refuses as well: where it was the quicker one, a line that knows no reason comes first.
            Assert.True(lines.Length == 1 || (lines.Length == 2 && !lines[0].Contains("is refused", StringComparison.Ordinal)), string.Join('\n', lines));
        }

        AssertUntouched(cluster, before);
        LabCluster.Lab("lb", "stop", Newcomer);
        Assert.Equal(0, CountInLog(Newcomer, " ERR "));

        // A certificate that its own authority does not know does not even start.
        File.WriteAllText(configuration, withOthers.Replace($"{others}/authority.pem", $"{ours}/authority.pem", StringComparison.Ordinal));
        Command refused = TestBed.Exec(Newcomer, "rustyrail", "run", "--config", configuration);
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal($"rustyrail: {configuration}:3: cluster tls certificate {others}/{Newcomer}.pem: its certificate CN={Newcomer} is not from this cluster's authority ({ours}/authority.pem)\n", refused.Errors);

        File.WriteAllText(configuration, withOurs);
        Environment.SetEnvironmentVariable(PatienceVariable, null);
        LabCluster.Lab("lb", "start", Newcomer);
        cluster.Agreed([.. _inside, Newcomer]);
    }

    // Long enough for whoever would begin a cluster of its own: 10 s of patience, 10 s more for its place behind two seeds.
    private static void StartInVain(LabCluster cluster, string problem)
    {
        Environment.SetEnvironmentVariable(PatienceVariable, "25");
        Assert.Equal(1, TestBed.Lab("lb", "start", Newcomer).ExitCode);
        Eventually.Holds($"status says '{problem}'", _bound, () => Problems().Any(line => line.Contains(problem, StringComparison.Ordinal)));
        NodeFacts facts = cluster[Newcomer].Facts()!;
        Assert.False(facts.Ready);
        Assert.True(facts.Stale);
        // One that was a cluster by itself may know of itself, as one that is missing.
        Assert.All(facts.Members, member => Assert.EndsWith(":absent", member, StringComparison.Ordinal));
    }

    private static void AssertUntouched(LabCluster cluster, string before)
    {
        cluster.Agreed(_inside);
        Assert.Equal(before, cluster.AssertOneExport(_inside));
        foreach (string node in _inside) Assert.DoesNotContain(Newcomer, TestBed.Exec(node, "rustyrail", "cluster").OrFail().Output);
    }

    private static IEnumerable<string> Problems() => JsonDocument.Parse(TestBed.Exec(Newcomer, "rustyrail", "status", "--json").OrFail().Output).RootElement
        .GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()!);

    private static int CountInLog(string node, string words) => LinesOfLog(node, words).Length;

    private static string[] LinesOfLog(string node, string words) => [.. File.ReadLines(TestBed.HostFile(node, "rustyrail.log")).Where(line => line.Contains(words, StringComparison.Ordinal))];
}

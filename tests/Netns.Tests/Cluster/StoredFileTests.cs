using Microsoft.Data.Sqlite;
using Netns.Tests.Lab;

namespace Netns.Tests.Cluster;

/// <summary>What is found on the disk at a start cannot be used: one line and exit code 2 by oneself, the others' state where there are others.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class StoredFileTests
{
    [SkippableFact]
    public void By_itself_a_node_with_a_bad_file_says_so_in_one_line_ends_with_2_and_leaves_the_file_as_it_is()
    {
        using TestBed bed = TestBed.Up("1");
        LabCluster.Lab("lb", "stop", "lb1");
        string catalogue = TestBed.HostFile("lb1", "data/catalogue.db"), key = TestBed.HostFile("lb1", "data/cluster.key");

        foreach (double part in (double[])[0, 0.1, 0.5, 0.9]) Refused("lb1", catalogue, () => CutOff(catalogue, part), $"{catalogue}: is ");
        Refused("lb1", catalogue, () => Overwrite(catalogue), $"{catalogue}: is ");
        Refused("lb1", catalogue, () => MakeNewer(catalogue), $"{catalogue}: was written by a newer rustyrail (version 99; this program knows up to ");
        Refused("lb1", key, () => CutOff(key, 0.5), key);

        LabCluster.Lab("lb", "start", "lb1");
    }

    [SkippableFact]
    public void In_a_cluster_a_file_of_a_newer_version_is_kept_aside_while_others_live_and_ends_the_start_when_none_does()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2);
        string[] all = ["lb1", "lb2"];
        string catalogue = TestBed.HostFile("lb2", "data/catalogue.db");
        cluster["lb2"].SetWeight("server1", 50);
        cluster.Agreed(all);
        string before = cluster.AssertOneExport(all);

        LabCluster.Lab("lb", "stop", "lb2");
        MakeNewer(catalogue);
        Command warned = TestBed.Exec("lb2", "rustyrail", "check", "--config", TestBed.HostFile("lb2", "node.json")).OrFail();
        Assert.Contains("a start keeps it aside and takes the catalogue from the other nodes", warned.Output + warned.Errors);
        LabCluster.Lab("lb", "start", "lb2");
        cluster.Agreed(all);
        Assert.Equal(before, cluster.AssertOneExport(all));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(catalogue)!, "catalogue.db.bad-*"));
        Assert.Single(File.ReadLines(TestBed.HostFile("lb2", "rustyrail.log")), line => line.Contains("was written by a newer rustyrail", StringComparison.Ordinal));

        foreach (string name in all) LabCluster.Lab("lb", "stop", name);
        Refused("lb2", catalogue, () => MakeNewer(catalogue), "was written by a newer rustyrail");
        Refused("lb2", catalogue, () => CutOff(catalogue, 0.5), $"{catalogue}: is ");
        // As it was before, it starts.
        Task.WaitAll([.. all.Select(name => Task.Run(() => LabCluster.Lab("lb", "start", name)))]);
        cluster.Agreed(all);
        Assert.Equal(before, cluster.AssertOneExport(all));
    }

    /// <summary>Harms the file, starts in vain, mends the file.</summary>
    private static void Refused(string node, string file, Action harm, string words)
    {
        byte[] good = File.ReadAllBytes(file);
        harm();
        byte[] harmed = File.ReadAllBytes(file);

        foreach (string command in (string[])["run", "check"])
        {
            Command refused = TestBed.Exec(node, "rustyrail", command, "--config", TestBed.HostFile(node, "node.json"), "--services", TestBed.HostFile(node, "lab-services.json"));
            string[] lines = refused.Errors.TrimEnd('\n').Split('\n');
            Assert.True(refused.ExitCode == 2 && lines.Length == 1 && lines[0].Contains(words, StringComparison.Ordinal), $"{command} ends with {refused.ExitCode}: {refused.Output}{refused.Errors}");
            Assert.Equal(harmed, File.ReadAllBytes(file));
        }

        foreach (string part in (string[])["-wal", "-shm"]) Assert.False(File.Exists(file + part), $"{file}{part} is left behind");
        File.WriteAllBytes(file, good);
    }

    private static void CutOff(string file, double part)
    {
        using FileStream open = File.OpenWrite(file);
        open.SetLength((long)(open.Length * part));
    }

    private static void Overwrite(string file)
    {
        using FileStream open = File.OpenWrite(file);
        open.Position = open.Length / 3;
        open.Write(new byte[open.Length / 3]);
    }

    private static void MakeNewer(string file)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "UPDATE schema SET version = 99";
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}

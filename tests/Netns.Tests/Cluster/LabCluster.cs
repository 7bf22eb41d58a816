using System.Collections.Immutable;
using Netns.Tests.Lab;

namespace Netns.Tests.Cluster;

/// <summary>A lab with several balancers, all of one mind at the beginning.</summary>
internal sealed class LabCluster : IDisposable
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    private readonly TestBed _bed;
    private readonly ImmutableArray<ClusterNode> _nodes;

    private LabCluster(TestBed bed, int balancers)
    {
        _bed = bed;
        _nodes = [.. Enumerable.Range(1, balancers).Select(n => new ClusterNode($"lb{n}"))];
    }

    /// <summary>Those that may be running; a spare one is the last.</summary>
    public ImmutableArray<ClusterNode> Nodes => _nodes;

    public ClusterNode this[string name] => _nodes.Single(node => node.Name == name);

    public static LabCluster Up(int balancers, int spares = 0, int servers = 3, int spareServers = 0)
    {
        TestBed bed = TestBed.Up("3", "--lbs", $"{balancers}", "--spare-lbs", $"{spares}", "--servers", $"{servers}", "--spares", $"{spareServers}");
        LabCluster cluster = new(bed, balancers + spares);
        try
        {
            cluster.Agreed([.. cluster.Nodes.Take(balancers).Select(node => node.Name)]);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public static void Lab(params string[] arguments) => TestBed.Lab(arguments).OrFail();

    /// <summary>Until exactly these are members of each other, ready and with one catalogue; how long that took.</summary>
    public TimeSpan Agreed(params string[] names) => Eventually.NothingIsWrong(_bound, () => Disagreement(names));

    /// <summary>As it is after everything: one catalogue, byte for byte.</summary>
    public string AssertOneExport(params string[] names)
    {
        string[] exports = [.. names.Select(name => this[name].Export())];
        Assert.All(exports, export => Assert.Equal(exports[0], export));
        return exports[0];
    }

    public void Dispose()
    {
        foreach (ClusterNode node in _nodes) node.Dispose();
        _bed.Dispose();
    }

    private string? Disagreement(string[] names)
    {
        NodeFacts?[] all = [.. names.Select(name => this[name].Facts())];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] is not { } facts) return $"{names[i]} answers";
            if (!facts.Ready) return $"{names[i]} is ready";
            if (facts.Stale) return $"{names[i]} is not stale ({string.Join(' ', facts.Members)})";
            if (all[0]?.SpecDigest != facts.SpecDigest) return $"{names[i]} has the catalogue of {names[0]}";
            if (!facts.Members.SequenceEqual(names.Select(name => $"{name}:up"))) return $"{names[i]} sees {string.Join(' ', names)} up, not {string.Join(' ', facts.Members)}";
        }
        return all[0]!.SpecDigest.Length > 0 ? null : $"{names[0]} has a catalogue";
    }
}

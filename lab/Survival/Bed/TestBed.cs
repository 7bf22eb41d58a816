using System.Diagnostics;

namespace RustyRail.Lab.Survival.Bed;

/// <summary>Iteration 4 of the lab with a spare server and a spare balancer, and the state that every event begins from.</summary>
internal sealed class TestBed : IAsyncDisposable
{
    public const string SpareServer = "server3", SpareServerAddress = "192.168.137.13", Clients = "2", Servers = "2";
    private const string BriskCheck = "\"interval\": \"500ms\", \"timeout\": \"300ms\", \"rise\": 2, \"fall\": 2", PatientCheck = "\"interval\": \"2s\", \"timeout\": \"2s\", \"rise\": 1, \"fall\": 3";
    private static readonly TimeSpan SettleBound = TimeSpan.FromSeconds(90);

    private readonly LabScript _lab;
    private readonly BalancerNode[] _nodes;
    private readonly int _started;
    private readonly bool _keep;
    private readonly string _specification;

    private TestBed(LabScript lab, int started, bool keep)
    {
        _lab = lab;
        _keep = keep;
        _started = started;
        _nodes = [.. Enumerable.Range(1, started + 1).Select(n => new BalancerNode($"lb{n}", lab.HostFile($"lb{n}", "run/admin.sock")))];
        // A busy machine is not a dead server: what is to happen here is the event, nothing else.
        _specification = File.ReadAllText(lab.HostFile("lb1", "lab-services.json")).Replace(BriskCheck, PatientCheck, StringComparison.Ordinal);
    }

    public LabScript Lab => _lab;

    /// <summary>Those that every event begins with.</summary>
    public IReadOnlyList<BalancerNode> Balancers => _nodes[.._started];

    /// <summary>Of the programs that the lab came up with.</summary>
    public string FirstVersion { get; private set; } = "";

    /// <summary>The one that is not there yet.</summary>
    public BalancerNode Spare => _nodes[_started];

    public static async Task<TestBed> UpAsync(LabScript lab, int balancers, bool keep)
    {
        await lab.RunAsync("up", "4", "--clients", Clients, "--servers", Servers, "--spares", "1", "--lbs", $"{balancers}", "--spare-lbs", "1");
        TestBed bed = new(lab, balancers, keep);
        await bed.SettledAsync(bed.Balancers);
        bed.FirstVersion = (await bed.Balancers[0].TryFactsAsync())?.Version ?? "";
        await bed.Balancers[0].ApplyAsync(bed._specification);
        await bed.SettledAsync(bed.Balancers);
        return bed;
    }

    /// <summary>Back to the beginning, whatever was done: then all agree and the clients' routers use all of them.</summary>
    public async Task ResetAsync()
    {
        await _lab.RunAsync("lb", "stop", Spare.Name);
        // The next time it is a new machine again.
        foreach (string directory in (string[])["run", "data"])
        {
            Directory.Delete(_lab.HostFile(Spare.Name, directory), recursive: true);
            Directory.CreateDirectory(_lab.HostFile(Spare.Name, directory));
        }

        await Task.WhenAll(Balancers.Select(node => _lab.RunAsync("lb", "start", node.Name)));
        await Balancers[0].ApplyAsync(_specification);
        await SettledAsync(Balancers);
    }

    /// <summary>From now on.</summary>
    public HealthNews Health() => new(_lab, _nodes);

    /// <summary>Until these are ready, agree, know each other and are what the clients' routers use.</summary>
    public async Task SettledAsync(IReadOnlyList<BalancerNode> nodes)
    {
        long started = Stopwatch.GetTimestamp();
        while (await DisagreementAsync(nodes) is { } problem)
        {
            if (Stopwatch.GetElapsedTime(started) > SettleBound) throw new LabException($"not settled within {SettleBound.TotalSeconds} s: {problem}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BalancerNode node in _nodes) node.Dispose();
        if (!_keep) await _lab.RunAsync("down");
    }

    private async Task<string?> DisagreementAsync(IReadOnlyList<BalancerNode> nodes)
    {
        NodeFacts?[] facts = await Task.WhenAll(nodes.Select(node => node.TryFactsAsync()));
        string[] names = [.. nodes.Select(node => node.Name)];
        for (int i = 0; i < facts.Length; i++)
        {
            if (facts[i] is not { } fact) return $"{names[i]} does not answer";
            if (!fact.Ready) return $"{names[i]} is not ready";
            if (fact.SpecDigest != facts[0]!.SpecDigest) return $"{names[i]} has another catalogue than {names[0]}";
            if (fact.TableDigest != facts[0]!.TableDigest) return $"{names[i]} has other tables than {names[0]}";
            string members = string.Join(' ', fact.Members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{member.Value}"));
            if (members != string.Join(' ', names.Select(name => $"{name}:up"))) return $"{names[i]} knows {members}";
        }

        int hops = File.ReadAllLines(_lab.HostFile("client1", "balancers")).Length;
        return hops == nodes.Count ? null : $"the clients' routers use {hops} balancers";
    }
}

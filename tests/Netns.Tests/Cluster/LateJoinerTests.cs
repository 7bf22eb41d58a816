using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

/// <summary>A large catalogue on real nodes. LargeClusterTests of the actors has the same without processes.</summary>
[Collection(OneLabAtATime.Name)]
public sealed partial class LateJoinerTests(ITestOutputHelper output)
{
    private const int Pools = 100, BackendsPerPool = 100, Pause = 50;
    private static readonly string[] _all = ["lb1", "lb2", "lb3", "lb4"];
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10), _atRest = TimeSpan.FromSeconds(10);

    [SkippableFact]
    public void A_late_joiner_has_ten_thousand_backends_in_under_ten_seconds()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 3, spares: 1);
        foreach (string node in _all)
        {
            // All of them behind one router, so that each next hop resolves.
            TestBed.Exec(node, "ip", "route", "add", "10.64.0.0/16", "via", "192.168.137.11").OrFail();
            TestBed.Exec(node, "nft", "add table inet gossip { chain output { type filter hook output priority 0; tcp sport 4053 counter; tcp dport 4053 counter; }; }").OrFail();
        }

        string file = TestBed.HostFile("lb1", "large.json");
        File.WriteAllText(file, Large());
        long started = Stopwatch.GetTimestamp();
        TestBed.Exec("lb1", "rustyrail", "apply", file).OrFail();
        TimeSpan applied = Stopwatch.GetElapsedTime(started);
        cluster.Agreed("lb1", "lb2", "lb3");
        output.WriteLine($"measured: apply of {Pools * BackendsPerPool:N0} backends in {Pools} pools: answered after {applied.TotalSeconds:0.0} s, on three nodes after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        string export = cluster["lb1"].Export();
        Eventually.Holds("all three forward by it", TimeSpan.FromSeconds(60), () => _all[..3].Select(name => cluster[name].Facts()!.TableDigest).Distinct().Count() == 1);

        started = Stopwatch.GetTimestamp();
        Task start = Task.Run(() => LabCluster.Lab("lb", "start", "lb4"));
        string spec = cluster["lb1"].Facts()!.SpecDigest, tables = cluster["lb1"].Facts()!.TableDigest;
        Eventually.Holds("lb4 has the catalogue", TimeSpan.FromSeconds(60), () => cluster["lb4"].Facts() is { } facts && facts.SpecDigest == spec, Pause);
        TimeSpan known = Stopwatch.GetElapsedTime(started);
        Eventually.Holds("lb4 is ready and forwards by it", TimeSpan.FromSeconds(60), () => cluster["lb4"].Facts() is { Ready: true } facts && facts.TableDigest == tables, Pause);
        TimeSpan complete = Stopwatch.GetElapsedTime(started);
        start.Wait();
        output.WriteLine($"measured: late joiner, from the start of its process: has the catalogue after {known.TotalSeconds:0.0} s, is ready and forwards by it after {complete.TotalSeconds:0.0} s");
        Assert.Equal(export, cluster["lb4"].Export());

        foreach (string node in _all)
        {
            JsonElement control = JsonDocument.Parse(TestBed.Exec(node, "rustyrail", "status", "--json").OrFail().Output).RootElement.GetProperty("controlPlane");
            output.WriteLine($"measured: {node}: {control.GetProperty("managedBytes").GetInt64() / 1048576.0:0} MB of objects; {Resident(control.GetProperty("pid").GetInt32())}");
        }

        long[] before = [.. _all.Select(GossipBytes)];
        started = Stopwatch.GetTimestamp();
        Eventually.Holds("a while has passed", _atRest * 2, () => Stopwatch.GetElapsedTime(started) >= _atRest);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] rates = [.. _all.Select((node, index) => (GossipBytes(node) - before[index]) / seconds / 1024)];
        output.WriteLine($"measured: sent to each other at rest: {string.Join(", ", rates.Select(rate => rate.ToString("0.0", CultureInfo.InvariantCulture)))} KB/s by lb1 to lb4");
        Assert.True(complete < _limit, $"complete only after {complete.TotalSeconds:0.0} s");
        Assert.All(rates, rate => Assert.InRange(rate, 0.01, 100));
    }

    private static string Large()
    {
        StringBuilder text = new("{ \"pools\": {\n");
        for (int pool = 0; pool < Pools; pool++)
        {
            IEnumerable<string> backends = Enumerable.Range(0, BackendsPerPool).Select(n => $"{{ \"name\": \"server{n}\", \"address\": \"10.64.{pool}.{n + 1}\" }}");
            text.Append(CultureInfo.InvariantCulture, $"\"pool{pool}\": {{ \"backends\": [ {string.Join(",\n", backends)} ] }}{(pool < Pools - 1 ? "," : "")}\n");
        }

        text.Append("}, \"services\": [\n");
        text.AppendJoin(",\n", Enumerable.Range(0, Pools).Select(pool => $"{{ \"name\": \"service{pool}\", \"vip\": \"10.1.0.1\", \"protocol\": \"tcp\", \"port\": {1000 + pool}, \"pool\": \"pool{pool}\" }}"));
        return text.Append(" ] }\n").ToString();
    }

    private static string Resident(int pid) => string.Join(", ", File.ReadLines($"/proc/{pid}/status")
        .Select(line => Memory().Match(line)).Where(match => match.Success)
        .Select(match => $"{match.Groups[1].Value} {int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) / 1024} MB"));

    private static long GossipBytes(string node) => Counter().Matches(TestBed.Exec(node, "nft", "list", "table", "inet", "gossip").OrFail().Output)
        .Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(VmRSS|RssAnon|RssFile|RssShmem):\s+(\d+) kB")]
    private static partial Regex Memory();

    [GeneratedRegex(@"bytes (\d+)")]
    private static partial Regex Counter();
}

using System.Diagnostics;
using System.Text.Json;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

[Collection(OneLabAtATime.Name)]
public sealed class DrainNodeTests : IDisposable
{
    private const string AnnounceVariable = "RR_ANNOUNCE";
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    private readonly ITestOutputHelper _output;

    public DrainNodeTests(ITestOutputHelper output)
    {
        _output = output;
        // The lab's nodes inherit it.
        Environment.SetEnvironmentVariable(AnnounceVariable, "routes");
    }

    public void Dispose() => Environment.SetEnvironmentVariable(AnnounceVariable, null);

    [SkippableFact]
    public void A_drained_node_loses_no_request_leaves_the_cluster_and_comes_back()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2, servers: 2);
        Assert.Contains($"{TestBed.Vip} dev", Routes("lb1"), StringComparison.Ordinal);
        using var prober = new Prober(patienceMilliseconds: 3000, atATime: 4);
        Eventually.Holds("both balancers forward", _bound, () => prober.Count > 50 && Forwarded("lb1") > 0 && Forwarded("lb2") > 0);

        long start = Stopwatch.GetTimestamp();
        Command drained = TestBed.Exec("lb1", "rustyrail", "drain-node", "--timeout", "60", "--json").OrFail();
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Assert.Equal("left", JsonDocument.Parse(drained.Output).RootElement.GetProperty("phase").GetString());
        Assert.Contains("packets/s", drained.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain($"{TestBed.Vip}", Routes("lb1"), StringComparison.Ordinal);
        cluster.Agreed("lb2");
        JsonElement status = Status("lb1");
        Assert.False(status.GetProperty("ready").GetBoolean());
        Assert.Equal("left", status.GetProperty("drain").GetString());
        Assert.True(status.GetProperty("dataplane").GetProperty("alive").GetBoolean());

        ulong carried = Forwarded("lb1");
        int before = prober.Count;
        Eventually.Holds("requests go on", _bound, () => prober.Count > before + 50);
        Assert.Equal(carried, Forwarded("lb1"));

        TestBed.Exec("lb1", "rustyrail", "drain-node", "--undo").OrFail();
        cluster.Agreed("lb1", "lb2");
        Eventually.Holds("lb1 is announced again", _bound, () => Routes("lb1").Contains($"{TestBed.Vip}", StringComparison.Ordinal));
        Eventually.Holds("lb1 forwards again", _bound, () => Forwarded("lb1") > carried);
        IReadOnlyList<HttpRequest> requests = prober.Stop();
        _output.WriteLine($"measured: drain-node under traffic: left after {took.TotalSeconds:0.0} s, back again; {requests.Count} requests, {requests.Count(request => !request.Answered)} failed");
        Assert.All(requests, request => Assert.True(request.Answered, request.Failure));
    }

    [SkippableFact]
    public void Traffic_that_does_not_fall_keeps_the_node_a_member_and_undo_makes_it_serve_again()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2, servers: 2);
        LabCluster.Lab("route", "lb1");
        using var prober = new Prober(patienceMilliseconds: 3000, atATime: 2);
        Eventually.Holds("lb1 forwards", _bound, () => prober.Count > 20);

        Command refused = TestBed.Exec("lb1", "rustyrail", "drain-node", "--timeout", "2");
        Assert.Equal(1, refused.ExitCode);
        Assert.Matches("lb1 still gets [0-9,]+ packets/s after 2 s: it stays withdrawn and in the cluster", refused.Errors);
        Assert.Contains("lb1:up", cluster["lb2"].Facts()!.Members);
        Assert.Equal("withdrawn", Status("lb1").GetProperty("drain").GetString());

        // A crash does not call traffic back: it starts, and does not get ready.
        LabCluster.Lab("lb", "crash", "lb1");
        Assert.Equal(1, TestBed.Lab("lb", "start", "lb1").ExitCode);
        Assert.Equal("withdrawn", Status("lb1").GetProperty("drain").GetString());
        TestBed.Exec("lb1", "rustyrail", "drain-node", "--undo").OrFail();
        Assert.True(Status("lb1").GetProperty("ready").GetBoolean());
        Assert.All(prober.Stop(), request => Assert.True(request.Answered, request.Failure));
    }

    [SkippableFact]
    public void Routes_go_with_a_dead_dataplane_and_are_withdrawn_from_a_hanging_one()
    {
        using TestBed bed = TestBed.Up("2");
        Eventually.Holds("announced", _bound, Announced);
        int before = Balancer.Status().DataplanePid;

        Balancer.Kill(before);
        Eventually.Holds("the routes are gone with the dataplane", _bound, () => !Announced());
        Eventually.Holds("announced by its successor", _bound, () => Announced() && Balancer.Status().DataplanePid != before);

        int second = Balancer.Status().DataplanePid;
        Command.Run("kill", ["-STOP", $"{second}"]).OrFail();
        TimeSpan withdrawn = Eventually.Holds("withdrawn from a dataplane that hangs", _bound, () => !Announced());
        Eventually.Holds("announced by the third", _bound, () => Announced() && Balancer.Status().DataplanePid is var now && now != second && now != 0);
        _output.WriteLine($"measured: a hanging dataplane's VIP is withdrawn after {withdrawn.TotalSeconds:0.0} s");

        // Forwarding goes on without a control plane, and so does the announcement; the next one finds it as it should be.
        Balancer.KillControlPlane();
        Assert.True(Announced());
        Balancer.StartControlPlane();
        Assert.True(Announced());

        static bool Announced() => Routes("lb1").Contains($"{TestBed.Vip} dev", StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_rolling_restart_by_the_script_fails_no_request()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2, servers: 2);
        int[] before = [.. cluster.Nodes.Select(node => TestBed.PidOf(node.Name, "rustyrail"))];
        using var prober = new Prober(patienceMilliseconds: 3000, atATime: 2);
        long start = Stopwatch.GetTimestamp();
        Command rolled = Command.Run(
            Path.Combine(Repository.Root, "docs/operations/rolling.sh"),
            ["--reach", $"{Repository.Lab} exec NODE", "--replace", $"echo new programs for NODE", "--restart", $"{Repository.Lab} lb stop NODE && {Repository.Lab} lb start NODE", "lb1", "lb2"],
            environment: new Dictionary<string, string?> { ["LAB_PREFIX"] = TestBed.Prefix },
            bound: TimeSpan.FromMinutes(4)).OrFail();
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        IReadOnlyList<HttpRequest> requests = prober.Stop();
        _output.WriteLine($"measured: rolling restart of 2 nodes in {took.TotalSeconds:0} s: {requests.Count} requests, {requests.Count(request => !request.Answered)} failed");
        Assert.Contains("all of lb1 lb2 are through", rolled.Output, StringComparison.Ordinal);
        Assert.Contains("new programs for lb2", rolled.Output, StringComparison.Ordinal);
        Assert.All(before.Zip(cluster.Nodes), pair => Assert.NotEqual(pair.First, TestBed.PidOf(pair.Second.Name, "rustyrail")));
        Assert.All(requests, request => Assert.True(request.Answered, request.Failure));
    }

    private static string Routes(string node) => TestBed.Exec(node, "ip", "route", "show", "proto", "82").OrFail().Output;

    private static JsonElement Status(string node) => JsonDocument.Parse(TestBed.Exec(node, "rustyrail", "status", "--json").OrFail().Output).RootElement;

    private static ulong Forwarded(string node) => Status(node).GetProperty("traffic").GetProperty("forwarded").GetUInt64();
}

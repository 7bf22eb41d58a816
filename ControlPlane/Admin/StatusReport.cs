using System.Collections.Immutable;
using System.Reflection;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Draining;
using RustyRail.ControlPlane.Supervision;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;
using static RustyRail.Actors.Protocol.FormationProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>Puts the actors' answers and the region's together. What an actor does not answer becomes a problem, not a failure of the whole.</summary>
internal sealed class StatusReport(StartPlan plan, RegionFile region, Pipeline pipeline, NodeDrain drain)
{
    private static readonly string Version = typeof(StatusReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public async Task<NodeStatus> CollectAsync()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Task<CatalogueChanged?> asksCatalogue = OrProblem(pipeline.CatalogueAsync(), problems);
        Task<HealthReport?> asksHealth = OrProblem(pipeline.HealthAsync(), problems);
        Task<TablesReport?> asksTables = OrProblem(pipeline.TablesAsync(), problems);
        Task<MembershipReport?> asksMembership = OrProblem(pipeline.MembershipAsync(), problems);
        Task<ExceptionsReport?> asksExceptions = OrProblem(pipeline.ExceptionsAsync(), problems);
        Task<DoorReport?> asksDoor = OrProblem(pipeline.DoorAsync(), problems);
        CatalogueChanged? catalogue = await asksCatalogue;
        HealthReport? health = await asksHealth;
        TablesReport? tables = await asksTables;
        MembershipReport? members = await asksMembership;
        ExceptionsReport? exceptions = await asksExceptions;
        DoorReport? door = await asksDoor;
        DataplaneSigns signs = DataplaneSigns.Read(region);

        if (!signs.IsFresh) problems.Add(signs.Held ? "the dataplane has shown no sign of life lately" : "the dataplane is not running");
        if (door is not null) problems.AddRange(door.Problems);
        if (health is not null) problems.AddRange(ProblemsOf(health));
        if (tables is not null) problems.AddRange(tables.Problems);
        return new NodeStatus(
            plan.Node.Cluster.Node,
            Version,
            !drain.IsWithdrawn && IsReady(signs, health, tables, exceptions, members),
            DrainEndpoints.Word(drain.Phase),
            members?.Stale ?? true,
            tables?.Generation ?? 0,
            catalogue?.SpecDigest ?? "",
            tables?.TableDigest ?? "",
            Dataplane(signs),
            members is null ? new ClusterStatus([]) : Cluster(members),
            Catalogue(catalogue),
            problems.ToImmutable(),
            RegionTraffic.Read(region),
            exceptions is null ? null : Exceptions(exceptions),
            new ControlPlaneStatus(Environment.ProcessId, GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet, (long)Environment.CpuUsage.TotalTime.TotalMilliseconds));
    }

    public static ClusterStatus Cluster(MembershipReport report) =>
        new([.. report.Members.Select(member => new MemberStatus(member.Node, member.Status, member.Generation, member.SpecDigest, member.TableDigest))]);

    public async Task<bool> IsReadyAsync()
    {
        DataplaneSigns signs = DataplaneSigns.Read(region);
        if (drain.IsWithdrawn || !signs.IsFresh) return false;
        Task<HealthReport> health = pipeline.HealthAsync();
        Task<TablesReport> tables = pipeline.TablesAsync();
        Task<ExceptionsReport> exceptions = pipeline.ExceptionsAsync();
        Task<MembershipReport> members = pipeline.MembershipAsync();
        return IsReady(signs, await health, await tables, await exceptions, await members);
    }

    private static bool IsReady(DataplaneSigns signs, HealthReport? health, TablesReport? tables, ExceptionsReport? exceptions, MembershipReport? members) =>
        signs.IsFresh && health is { FirstRoundDone: true } && tables is { Ready: true } && exceptions is { Told: true } && members is { Settled: true };

    private static ExceptionStatus Exceptions(ExceptionsReport report) => new(
        report.Told,
        report.Peers,
        report.Held,
        report.Known,
        report.Placed,
        report.Capacity,
        report.Sent,
        report.Received,
        report.Overflowed,
        report.LastScan.TotalMilliseconds,
        report.LastSync?.TotalMilliseconds);

    private static IEnumerable<string> ProblemsOf(HealthReport health) =>
        health.Backends.Where(entry => entry.Value.Health == Health.Down).Select(entry => $"backend {entry.Key} is down: {entry.Value.Reason}");

    private DataplaneStatus Dataplane(DataplaneSigns signs) => new(
        signs.Port,
        signs.Device.Length > 0 ? signs.Device : plan.Node.Device,
        signs.Held ? signs.Pid : 0,
        signs.Held,
        signs.Workers,
        signs.HeartbeatAge == TimeSpan.MaxValue ? null : (long)signs.HeartbeatAge.TotalMilliseconds,
        signs.Note);

    private CatalogueStatus Catalogue(CatalogueChanged? catalogue) => new(
        catalogue?.Spec.Services.Count ?? 0,
        catalogue?.Spec.Pools.Count ?? 0,
        catalogue?.Spec.Pools.Values.Sum(pool => pool.Backends.Count) ?? 0,
        plan.Targets is null);

    private static async Task<T?> OrProblem<T>(Task<T> question, ImmutableArray<string>.Builder problems)
        where T : class
    {
        try
        {
            return await question;
        }
        catch (PipelineUnavailableException e)
        {
            lock (problems)
            {
                if (!problems.Contains(e.Message)) problems.Add(e.Message);
            }

            return null;
        }
    }
}

using System.Net;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Announcing;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Draining;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>
/// One running control plane. Started step by step, each of which can refuse with one line; everything made until then is undone. The order matters:
/// what can be refused cheaply comes first, and the dataplane only when nothing else can fail for a reason outside of it.
/// </summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly Cleanup _cleanup = new();
    private readonly List<Func<CancellationToken, Task>> _loops = [];
    private DataplaneSupervisor? _dataplane;

    private Instance()
    {
    }

    /// <exception cref="OperatorException">It cannot start; nothing is left behind.</exception>
    public static async Task<Instance> StartAsync(StartPlan plan, ILoggerFactory loggers, CancellationToken cancel)
    {
        Instance instance = new();
        try
        {
            await instance.StartStepsAsync(plan, loggers, cancel);
            instance._cleanup.Started = true;
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Works until cancelled; then ends the dataplane too, if it is this instance's to end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] loops = [.. _loops.Select(loop => loop(ending.Token))];
        try
        {
            await await Task.WhenAny(loops);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end that was asked for.
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // First, since a service manager's patience is short. A start that failed leaves the one that it found: that one still forwards.
        if (_dataplane is { } dataplane && (_cleanup.Started || !dataplane.IsAdopted)) await dataplane.StopAsync();
        await _cleanup.DisposeAsync();
    }

    private async Task StartStepsAsync(StartPlan plan, ILoggerFactory loggers, CancellationToken cancel)
    {
        InstanceLock held = InstanceLock.Take(plan.Node.Device);
        _cleanup.Then(held.Dispose);
        ClusterPort.RequireFree(plan.Node.Cluster.Address, plan.Node.Cluster.Port);
        ClusterTls? tls = plan.Node.Cluster.Tls is { } files ? ClusterTlsFiles.Read(files) : null;
        StoredCatalogue stored = plan.Targets is null ? await StoredCatalogue.OpenAsync(plan, loggers.CreateLogger("rustyrail"), _cleanup, cancel) : StoredCatalogue.None;
        Directories.Make(plan.State.Path, "state directory", _cleanup.Then);
        RegionFile region = StateRegion.Open(plan, loggers.CreateLogger("rustyrail"), _cleanup);
        ClusterMemory memory = Memory(plan, StateRegion.PublishedKey(region));

        Composition composition = new(
            plan,
            region,
            memory,
            new CatalogueOptions
            {
                Node = plan.Node.Cluster.Node,
                Store = stored.Store,
                Initial = await InitialAsync(plan, cancel),
                CatchUp = stored.CatchUp,
                Limits = SpecificationLimits.Of(region.Capacities),
            },
            tls);
        ActorSystemIncarnations actors = new(plan.Node.Cluster.Name, composition.Compose, loggers, TimeProvider.System);
        _cleanup.ThenAsync(actors.DisposeAsync);
        Pipeline pipeline = new(actors);
        NodeDrain drain = new(plan.State, region, actors, pipeline);
        _cleanup.Then(() =>
        {
            if (_cleanup.Started) drain.Forget();
            drain.Dispose();
        });
        StatusReport status = new(plan, region, pipeline, drain);
        WebApplication admin = await AdminHost.StartAsync(plan, region, pipeline, drain, status, loggers);
        _cleanup.ThenAsync(admin.DisposeAsync);

        await StartDataplaneAsync(plan, region, loggers, cancel);
        await StartActorsAsync(actors);
        if (plan.FirstCatalogue is { } first && stored.CatchUp == CatchUp.None) await SayIfStoredWinsAsync(first, plan.Data, pipeline, loggers);
        _loops.Add(stop => ControlHeartbeat.BeatAsync(region, stop));
        if (plan.Node.Announce == Announcement.Routes)
        {
            _loops.Add(new VipAnnouncer(plan.Node.Device, region, pipeline, status, drain, loggers.CreateLogger<VipAnnouncer>()).RunAsync);
        }

        if (plan.Targets is { HasNames: true } targets)
        {
            TargetRefresh refresh = new(targets, composition, pipeline, TimeProvider.System, loggers.CreateLogger<TargetRefresh>());
            _loops.Add(refresh.RunAsync);
        }
    }

    private ClusterMemory Memory(StartPlan plan, FlowHashKey? published)
    {
        if (plan.Targets is not null) return ClusterMemory.Of(published ?? ClusterKey.Random());
        FlowHashKey? key = ClusterKey.Read(plan.Data) ?? published;
        if (key is null && plan.Node.Cluster.Seeds.IsEmpty) key = ClusterKey.Random();
        string path = ClusterKey.PathIn(plan.Data);
        if (!File.Exists(path)) _cleanup.AfterFailure(() => File.Delete(path));
        if (key is { } known) ClusterKey.Keep(plan.Data, known);
        return new ClusterMemory(key, handed => ClusterKey.Keep(plan.Data, handed));
    }

    private static async Task StartActorsAsync(ActorSystemIncarnations actors)
    {
        try
        {
            await actors.StartAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // Akka wraps causes in exceptions of many kinds; the innermost says what it was (a port in use)
        catch (Exception e) when (e is not OperatorException)
#pragma warning restore CA1031
        {
            throw new OperatorException($"the actor system cannot start: {e.GetBaseException().Message.ReplaceLineEndings(" ")}");
        }
    }

    private static async Task SayIfStoredWinsAsync(CatalogueSpec first, DataDirectory data, Pipeline pipeline, ILoggerFactory loggers)
    {
        try
        {
            if (SpecificationDigest.Of(first) == (await pipeline.CatalogueAsync()).SpecDigest) return;
            StartLog.StoredCatalogueWins(loggers.CreateLogger("rustyrail"), data.Catalogue);
        }
        catch (PipelineUnavailableException)
        {
            // A slow disk: the words are a help, not worth the start.
        }
    }

    private async Task StartDataplaneAsync(StartPlan plan, RegionFile region, ILoggerFactory loggers, CancellationToken cancel)
    {
        Func<DataplaneSigns> signs = () => DataplaneSigns.Read(region);
        if (plan.Attach)
        {
            AttachedDataplane attached = new(plan.Node.Device, signs, TimeProvider.System, loggers.CreateLogger<AttachedDataplane>());
            _loops.Add(attached.WatchAsync);
            return;
        }

        if (!File.Exists(plan.State.Log)) _cleanup.AfterFailure(() => File.Delete(plan.State.Log));
        _dataplane = new DataplaneSupervisor(DataplaneLaunch.For(plan), signs, TimeProvider.System, loggers.CreateLogger<DataplaneSupervisor>());
        _cleanup.Then(_dataplane.Dispose);
        await _dataplane.StartAsync(cancel);
        _loops.Add(_dataplane.WatchAsync);
    }

    private static async Task<CatalogueSpec?> InitialAsync(StartPlan plan, CancellationToken cancel)
    {
        if (plan.Targets is not { } targets) return plan.FirstCatalogue;
        IReadOnlyList<(string, IPAddress)> resolved = await TargetResolver.ResolveAsync(targets.Targets, cancel);
        return targets.Catalogue(resolved);
    }
}

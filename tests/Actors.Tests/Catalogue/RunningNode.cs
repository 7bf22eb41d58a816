using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Protocol;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>A whole node without dataplane, as the control plane composes it: cluster of one, catalogue, membership, in an incarnation of its own.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CatalogueStore? _store;

    private RunningNode(CatalogueOptions options, IPEndPoint[] seeds, string cluster = "rustyrail", int format = ClusterFormat.Current)
    {
        _store = options.Store;
        Incarnations = new ActorSystemIncarnations(
            cluster,
            (akka, _) => akka
                .WithRustyRailCluster(new ClusterOptions { Node = options.Node, Seeds = seeds, Format = format }).WithCatalogue(options).WithMembership(options.Node)
                .AddStartup((system, _) => System = system),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            new RestartBackoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
    }

    public ActorSystemIncarnations Incarnations { get; }

    /// <summary>Of the latest incarnation.</summary>
    public ActorSystem System { get; private set; } = null!;

    public static Task<RunningNode> StartAsync(string path, CatalogueSpec? initial = null, int maxPages = 0, SpecificationLimits? limits = null) =>
        StartAsync(CatalogueStore.Open(path, maxPages), initial, limits);

    public static async Task<RunningNode> StartAsync(CatalogueStore? store, CatalogueSpec? initial = null, SpecificationLimits? limits = null)
    {
        return await StartAsync(new CatalogueOptions { Node = "lb1", Store = store, Initial = initial, Limits = limits ?? Samples.Limits });
    }

    /// <summary>A cluster of one, unless its store knows of others who live.</summary>
    /// <param name="cluster">Nodes of clusters with different names do not hear each other: a partition.</param>
    public static async Task<RunningNode> StartAsync(CatalogueOptions options, string cluster = "rustyrail")
    {
        var node = new RunningNode(options, [], cluster);
        await node.Incarnations.StartAsync(CancellationToken.None);
        return node;
    }

    /// <summary>A node in memory that joins <paramref name="first"/>; up when this returns.</summary>
    public static Task<RunningNode> JoinAsync(RunningNode first, string name) =>
        JoinAsync(first, new CatalogueOptions { Node = name, Limits = Samples.Limits, CatchUp = CatchUp.FromOthers });

    public static async Task<RunningNode> JoinAsync(RunningNode first, CatalogueOptions options, int format = ClusterFormat.Current)
    {
        RunningNode node = await KnockAsync(first, options, format);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.Get(node.System).RegisterOnMemberUp(up.SetResult);
        await up.Task.WaitAsync(Patience);
        return node;
    }

    /// <summary>A node that looks for <paramref name="first"/>; whether it may join is seen later.</summary>
    public static async Task<RunningNode> KnockAsync(RunningNode first, CatalogueOptions options, int format)
    {
        Address address = Cluster.Get(first.System).SelfAddress;
        var node = new RunningNode(options, [new IPEndPoint(IPAddress.Parse(address.Host), address.Port!.Value)], format: format);
        await node.Incarnations.StartAsync(CancellationToken.None);
        return node;
    }

    public IActorRef Actor<TActor>() => Incarnations.TryGet<TActor>(out IActorRef? actor) ? actor : throw new InvalidOperationException("between two incarnations");

    public Task<object> AskAsync(object message) => Actor<CatalogueActor>().Ask<object>(message, Patience);

    public async Task<CatalogueAccepted> AcceptAsync(ICatalogueCommand command) => Assert.IsType<CatalogueAccepted>(await AskAsync(command));

    public async Task<CatalogueRejected> RejectAsync(ICatalogueCommand command) => Assert.IsType<CatalogueRejected>(await AskAsync(command));

    public async Task<CatalogueChanged> CatalogueAsync() => Assert.IsType<CatalogueChanged>(await AskAsync(new GetCatalogue()));

    public async Task<HistoryReport> HistoryAsync(ChangeId? only = null) => Assert.IsType<HistoryReport>(await AskAsync(new GetHistory(only)));

    /// <summary>Returns once all have the same catalogue and the same history.</summary>
    public static Task AgreeAsync(params RunningNode[] nodes) => UntilAsync(async () =>
    {
        var states = new HashSet<string>();
        foreach (RunningNode node in nodes)
        {
            states.Add((await node.CatalogueAsync()).SpecDigest + string.Join(' ', (await node.HistoryAsync()).Changes.Select(change => change.Id)));
        }

        return states.Count == 1;
    });

    // TestKit's own waiting would end the system that it is given.
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(10, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Incarnations.DisposeAsync();
        _store?.Dispose();
    }
}

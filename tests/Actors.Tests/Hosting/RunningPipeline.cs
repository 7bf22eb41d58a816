using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Actors.Tests.Tables;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Tables;
using RustyRail.Contract;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Hosting;

/// <summary>All stages from catalogue to region as the control plane composes them; only the next hops are made up.</summary>
internal sealed class RunningPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ActorSystemIncarnations _actors;
    private readonly RegionFile _region;

    private RunningPipeline(ActorSystemIncarnations actors, RegionFile region) => (_actors, _region) = (actors, region);

    public int Incarnations => _actors.Started;

    /// <param name="first">A node to join; null: a cluster of one.</param>
    public static async Task<RunningPipeline> StartAsync(RegionFile region, CatalogueSpec? initial, string node = "lb1", RunningPipeline? first = null)
    {
        CatalogueOptions catalogue = new()
        {
            Node = node,
            Store = null,
            Initial = initial,
            CatchUp = first is null ? CatchUp.None : CatchUp.FromOthers,
            Limits = SpecificationLimits.Of(region.Capacities),
        };
        ActorSystem? started = null;
        ActorSystemIncarnations actors = new(
            "rustyrail",
            (akka, _) => akka.WithRustyRailCluster(new ClusterOptions { Node = node, Seeds = first is null ? [] : [first.EndPoint] })
                .WithCatalogue(catalogue)
                .WithMembership(node)
                .WithBackendHealth(region)
                .WithPools()
                .WithActors((system, registry) => registry.Register<NextHopActorKey>(system.ActorOf<MadeUpNextHops>("next-hops")))
                .WithTables(region, new TablesOptions(new FlowHashKey(1, 2, FlowHashKey.MultiplyMix), []))
                .WithExceptions(region, node)
                .AddStartup((system, _) => started = system),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            new RestartBackoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
        await actors.StartAsync(CancellationToken.None);
        return new(actors, region) { System = started! };
    }

    /// <summary>Of the first incarnation.</summary>
    public ActorSystem System { get; private init; } = null!;

    private IPEndPoint EndPoint
    {
        get
        {
            Address address = Cluster.Get(System).SelfAddress;
            return new IPEndPoint(IPAddress.Parse(address.Host), address.Port!.Value);
        }
    }

    public IActorRef Actor<TActor>() => _actors.TryGet<TActor>(out IActorRef? actor) ? actor : throw new InvalidOperationException("between two incarnations");

    public async Task ChangeAsync(ICatalogueCommand command) => Assert.IsType<CatalogueAccepted>(await Actor<CatalogueActor>().Ask<object>(command, Patience));

    public Task<TablesReport> TablesAsync() => Actor<TablePublisherActor>().Ask<TablesReport>(new GetTables(), Patience);

    /// <summary>Time until the region says that exactly these take new flows.</summary>
    public async Task<TimeSpan> AwaitTableAsync(params string[] names)
    {
        long begin = Stopwatch.GetTimestamp();
        ImmutableArray<string> seen = [];
        while (Stopwatch.GetElapsedTime(begin) < Patience)
        {
            seen = TakingNew();
            if (seen.SequenceEqual(names)) return Stopwatch.GetElapsedTime(begin);
            await Task.Delay(1);
        }

        throw new TimeoutException($"the table has {string.Join(' ', seen)} and not {string.Join(' ', names)}");
    }

    public ValueTask DisposeAsync() => _actors.DisposeAsync();

    private unsafe ImmutableArray<string> TakingNew()
    {
        RegionView view = new(_region);
        return view.Header->Generation == 0 ? [] : [.. TemporaryRegion.TableNames(view).Distinct().Order(StringComparer.Ordinal)];
    }

    private sealed class MadeUpNextHops : ReceiveActor
    {
        public MadeUpNextHops() => Receive<ResolveNextHops>(asked => Sender.Tell(SampleStates.Hops([.. asked.Addresses.Select(address => address.ToString())])));
    }
}

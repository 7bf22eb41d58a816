using System.Collections.Immutable;
using System.Net;
using Actors.Tests.Tables;
using Akka.Actor;
using RustyRail.Actors.Exceptions;
using RustyRail.Actors.Tables;
using RustyRail.Contract;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Exceptions;

/// <summary>A balancer of a small cluster: a real region and its exceptions actor. The test plays workers, publisher and cluster.</summary>
internal sealed unsafe class ExceptionNode : IDisposable
{
    public const string Vip = "203.0.113.1";

    private static readonly TablesOptions Options = new(new FlowHashKey(1, 2, FlowHashKey.MultiplyMix), []);

    private readonly TemporaryRegion _region;
    private readonly SnapshotPublisher _publisher;
    private readonly Func<long> _now;
    private int _flows;

    public ExceptionNode(string name, ActorSystem system, IActorRef publisher, Func<long> now, int exceptions = 1024, int backends = 64)
    {
        (Name, _now) = (name, now);
        _region = new TemporaryRegion(backends, exceptions);
        _publisher = new SnapshotPublisher(_region.Region);
        View.Reader(0)->SweptGeneration = long.MaxValue;
        Actor = system.ActorOf(PropsWith(publisher), $"exceptions-{name}");
    }

    public string Name { get; }
    public IActorRef Actor { get; }
    public RegionView View => new(_region.Region);

    public Props PropsWith(IActorRef publisher)
    {
        ExceptionsOptions options = new(Name) { Now = _now, ScansOn = InlineScheduler.Instance };
        RegionFile region = _region.Region;
        return Props.Create(() => new ExceptionsActor(region, publisher, null, options));
    }

    /// <summary>These servers, those with "-" before their name draining.</summary>
    public void Publish(params string[] servers) => Publish([], servers);

    public void Publish(string[] down, string[] servers)
    {
        CatalogueSpec spec = CatalogueOf(Pool(Tcp(), [.. servers.Select(Server)])).WithService("web", $"{Vip}/32");
        SnapshotContent content = SnapshotContents.From(SampleStates.State(spec, [.. down.Select(name => Id(name))]).Built(), ImmutableDictionary<IPAddress, NextHop>.Empty, Options);
        Assert.True(_publisher.TryPublish(content));
        Actor.Tell(new Published(_publisher.Generation), ActorRefs.NoSender);
    }

    public void Reaches(ExceptionNode other)
    {
        Actor.Tell(new PeerFound(other.Name, other.Actor), ActorRefs.NoSender);
        other.Actor.Tell(new PeerFound(Name, Actor), ActorRefs.NoSender);
    }

    public void Loses(ExceptionNode other) => Actor.Tell(new PeerLost(other.Name), ActorRefs.NoSender);

    /// <summary>What the table says without any memory.</summary>
    public string Fresh(int client)
    {
        FlowEntry entry = Entry(client, 0, FlowState.Established);
        ReadOnlySpan<ushort> table = View.Table(Snapshot.Pools[0]);
        return NameOf(table[(int)FlowHash.Reduce(HashOf(entry), (uint)table.Length)]);
    }

    /// <summary>A worker opens a flow by its table, or takes one over by an exception.</summary>
    public string Open(int client, FlowState state = FlowState.Established)
    {
        string backend = Exception(client) ?? Fresh(client);
        View.Flows(0)[_flows++] = Entry(client, SlotOf(backend), state);
        return backend;
    }

    /// <summary>The flow's entry is touched now.</summary>
    public void Touch(int client, FlowState state = FlowState.Established)
    {
        FlowEntry* entry = Find(client);
        *entry = Entry(client, entry->Backend, state);
    }

    /// <summary>Its client has ended it and used its ports again: the worker chose by the table.</summary>
    public string Reopen(int client)
    {
        string backend = Fresh(client);
        *Find(client) = Entry(client, SlotOf(backend), FlowState.Established);
        View.Counters(0)->FlowsReopened++;
        return backend;
    }

    /// <summary>The sweep takes the flow out.</summary>
    public void Forget(int client) => Find(client)->Meta = default;

    /// <summary>Backend by the exception table, or null.</summary>
    public string? Exception(int client)
    {
        bool found = View.ExceptionTable.TryFind(HashOf(Entry(client, 0, FlowState.Established)), HeldFlow.Seconds(_now()), out ExceptionValue value);
        return found ? NameOf(value.Backend) : null;
    }

    /// <summary>Where a packet of that flow goes.</summary>
    public string Route(int client) => Find(client) is var entry && entry != null ? NameOf(entry->Backend) : Exception(client) ?? Fresh(client);

    public ExceptionsReport Report() => Actor.Ask<ExceptionsReport>(new GetExceptions(), TimeSpan.FromSeconds(30)).Result;

    public void Dispose() => _region.Dispose();

    private SnapshotView Snapshot => _region.Snapshot;

    private static BackendSpec Server(string text)
    {
        string name = text.TrimStart('-');
        return Backend(name, $"192.0.2.{name[0] - 'a' + 1}", state: text == name ? BackendState.Active : BackendState.Draining);
    }

    private string NameOf(int slot) => SnapshotView.Text(Snapshot.BackendNames + slot);

    public string[] SlotNames() => _region.SlotNames();

    private int SlotOf(string name) => Array.IndexOf(_region.SlotNames(), name);

    private static ulong HashOf(FlowEntry flow) => SeenFlow.TryRead(&flow, out SeenFlow seen) ? seen.Hash(new FlowHash(1, 2), 0) : 0;

    private FlowEntry* Find(int client)
    {
        for (int i = 0; i < _flows; i++)
        {
            FlowEntry* entry = View.Flows(0) + i;
            if (entry->Source == Client(client) && entry->Class != FlowClass.Empty) return entry;
        }

        return null;
    }

    private static uint Client(int client) => 0x0A | ((uint)client << 8);

    private FlowEntry Entry(int client, int backend, FlowState state) => new()
    {
        Source = Client(client),
        Destination = BitConverter.ToUInt32(IPAddress.Parse(Vip).GetAddressBytes()),
        Ports = 0x5000_0000 | 1234,
        Meta = FlowMeta.Of(backend, FlowClass.Tcp, FlowClock.At(_now()).Now, state),
    };
}

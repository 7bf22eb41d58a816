using RustyRail.Actors.Exceptions;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace Property.Tests.Exceptions;

/// <summary>A balancer with its real pipeline, scan, held flows and book of exceptions; only the wire between nodes is a call, through the real bytes.</summary>
internal sealed class ToldNode : IDisposable
{
    private readonly string _name;
    private readonly HeldSet _held = new(TimeSpan.FromSeconds(10));
    private readonly ExceptionBook _book;
    private long _round;

    public ToldNode(string name, TestCatalogue catalogue, long now)
    {
        _name = name;
        foreach (string server in catalogue.Names()) Balancer.Catalogue.Backend(server, catalogue[server].Address.ToString()).Change(server, _ => catalogue[server]);
        Balancer.Catalogue.Service("web", "10.1.0.1");
        Balancer.Publish();
        if (now > Balancer.Now) Balancer.Idle(TimeSpan.FromMilliseconds(now - Balancer.Now));
        _book = new ExceptionBook(new ExceptionWriter(Balancer.View), BackendSlots.Read(Balancer.View));
    }

    public TestBalancer Balancer { get; } = new();

    private uint Seconds => HeldFlow.Seconds(Balancer.Now);

    public string? Send(int client) =>
        Balancer.Send(PacketBuilder.Ethernet().Ipv4($"10.0.{client >> 8}.{client & 255}", "10.1.0.1").Tcp(40000, 80, TcpControl.Ack).PayloadOf(10)).Backend;

    public void Publish()
    {
        Balancer.Publish();
        _book.Resettle(BackendSlots.Read(Balancer.View));
        _book.ReleaseSlots();
    }

    /// <summary>Scans, and tells what is new or, at a renewal, everything.</summary>
    public void Tell(IEnumerable<ToldNode> peers, bool renewal)
    {
        DivergentScan scan = DivergentFlows.Find(Balancer.View, Balancer.Now, int.MaxValue);
        List<HeldFlow> news = _held.Take(scan, BackendSlots.Read(Balancer.View).Names, Balancer.Now, prune: renewal);
        Tell(peers, renewal ? Telling.Whole : Telling.Addition, renewal ? [.. _held.Flows] : news);
    }

    public void Greet(ToldNode newcomer)
    {
        Tell([newcomer], Telling.Inherited, [.. _book.Flows]);
        Tell([newcomer], Telling.Whole, [.. _held.Flows]);
    }

    public void Dispose() => Balancer.Dispose();

    private void Tell(IEnumerable<ToldNode> peers, Telling telling, IReadOnlyCollection<HeldFlow> flows)
    {
        foreach (HeldFlows batch in Batches.Of(_name, 1, ++_round, telling, flows, Seconds))
        {
            byte[] bytes = HeldFlowsCodec.Encode(batch);
            foreach (ToldNode peer in peers.Where(peer => peer != this)) peer.Learn(HeldFlowsCodec.DecodeHeld(bytes));
        }
    }

    private void Learn(HeldFlows told)
    {
        foreach (ToldFlow flow in told.Flows)
        {
            HeldFlow held = new(flow.Hash, told.Backends[flow.Backend], flow.Class, flow.State, HeldFlow.SeenBefore(Seconds, flow.Age));
            if (told.Telling != Telling.Inherited) _held.LearnEnd(held);
            _book.Learn(told, held);
        }

        if (told is { IsLast: true, Telling: Telling.Whole }) _book.EndWhole(told);
    }
}

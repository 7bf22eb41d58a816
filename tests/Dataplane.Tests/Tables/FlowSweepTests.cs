using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Tables;

public sealed unsafe class FlowSweepTests : IDisposable
{
    private const long Start = 1_000_000_000;

    private readonly TestRegion _region = new(TestRegion.Small with { FlowsPerWorker = 1 << 13 });
    private readonly TestCatalogue _catalogue = new TestCatalogue().Service("web", "10.1.0.1").Service("sticky", "10.1.0.2", affinity: Affinity.Source).Backends(3);
    private readonly SnapshotPublisher _publisher;
    private readonly FlowTables _flows;
    private FlowSweep _sweep;
    private SnapshotReader _reader;
    private long _now = Start;

    public FlowSweepTests()
    {
        _publisher = new SnapshotPublisher(_region.Control);
        _flows = new FlowTables(_region.View, 0);
        _sweep = new FlowSweep(_flows);
        _reader = new SnapshotReader(_region.View, 0);
        Publish();
        // The first step after a pause is half the table; from here on a walk takes 64 milliseconds.
        _sweep.Advance(_reader.Current, _reader.Generation, _now, Line);
        Step(32);
    }

    private ReaderLine* Line => _region.View.Reader(0);

    [Fact]
    public void It_frees_what_is_expired_and_what_names_a_backend_that_keeps_none()
    {
        for (uint i = 0; i < 300; i++) Insert(i, backend: (int)(i % 3), i % 2 == 0 ? FlowState.Opening : FlowState.Established);
        Assert.Equal(0, Walk());
        _catalogue.Change("server2", backend => backend.Drained);
        Publish();
        Assert.Equal(0, Walk());
        _catalogue.Remove("server2");
        Publish();
        Assert.Equal(100, Walk());
        _now += 70_000;
        Assert.Equal(100, Walk());
        _now += 8_000_000;
        Assert.Equal(100, Walk());
        Assert.Equal(0, Walk());
    }

    [Fact]
    public void Flows_by_address_go_with_their_service()
    {
        ServiceRecord sticky = new() { Affinity = (byte)Affinity.Source };
        FlowKey key = FlowKey.For(sticky, 1, 0x0700_000A, 0, 0, 6, FlowClass.Tcp);
        _flows.Ipv4.Insert(key, 12345, 0, FlowState.Established, FlowClock.At(_now));
        Assert.Equal(0, Walk());
        _catalogue.RemoveService("sticky");
        Publish();
        Assert.Equal(1, Walk());
    }

    [Fact]
    public void Only_a_whole_walk_tells_that_a_generation_is_swept()
    {
        Assert.Equal(1, Line->SweptGeneration);
        // Half a walk under generation 1, the rest under 2: only the first half's view holds for all of it.
        Step(32);
        Publish();
        Step(32);
        Assert.Equal(1, Line->SweptGeneration);
        Step(63);
        Assert.Equal(1, Line->SweptGeneration);
        Step(1);
        Assert.Equal(2, Line->SweptGeneration);
    }

    [Fact]
    public void A_long_pause_does_not_make_one_long_step()
    {
        for (uint i = 0; i < 4000; i++) Insert(i, 0, FlowState.Opening);
        _now += 3_600_000;
        int freed = _sweep.Advance(_reader.Current, _reader.Generation, _now, Line);
        Assert.InRange(freed, 1, 3999);
        Assert.Equal(0, _sweep.Advance(_reader.Current, _reader.Generation, _now, Line));
    }

    public void Dispose() => _region.Dispose();

    private void Insert(uint flow, int backend, FlowState state)
    {
        FlowKey key = FlowMemory.Numbered(flow);
        Assert.False(_flows.Ipv4.Insert(key, FlowMemory.HashOf(key), backend, state, FlowClock.At(_now)));
    }

    /// <summary>All of the table: 4,096 buckets at 64 a millisecond.</summary>
    private int Walk() => Step(64);

    private int Step(int milliseconds)
    {
        int freed = 0;
        for (int i = 0; i < milliseconds; i++) freed += _sweep.Advance(_reader.Current, _reader.Generation, _now += 1, Line);
        return freed;
    }

    private void Publish()
    {
        Assert.True(_publisher.TryPublish(_catalogue.ToContent()));
        _reader.Refresh();
    }
}

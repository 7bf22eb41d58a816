using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Contract.Snapshots;

public sealed unsafe class SnapshotReaderTests : IDisposable
{
    private readonly TestRegion _region = new();
    private readonly TestCatalogue _catalogue = new TestCatalogue().Service("web", "10.1.0.1").Backends(2);

    [Fact]
    public void Before_the_first_publication_there_is_nothing()
    {
        SnapshotReader reader = new(_region.View, 0);
        Assert.False(reader.Refresh());
        Assert.True(reader.Current.IsNone);
    }

    [Fact]
    public void The_pin_is_what_the_reader_uses()
    {
        SnapshotPublisher publisher = new(_region.Control);
        SnapshotReader reader = new(_region.View, 0);
        publisher.TryPublish(_catalogue.ToContent());
        Assert.True(reader.Refresh());
        Assert.False(reader.Refresh());
        Assert.Equal((1, 1), (reader.Generation, _region.View.Reader(0)->Pinned));
        publisher.TryPublish(_catalogue.ToContent());
        Assert.Equal(1, reader.Current.Header->Generation);
        Assert.True(reader.Refresh());
        Assert.Equal((2, 2), (reader.Generation, _region.View.Reader(0)->Pinned));
    }

    [Fact]
    public void A_resting_reader_pins_nothing_and_has_to_look_again()
    {
        new SnapshotPublisher(_region.Control).TryPublish(_catalogue.ToContent());
        SnapshotReader reader = new(_region.View, 0);
        reader.Refresh();
        reader.Rest();
        Assert.Equal(ReaderLine.Quiescent, _region.View.Reader(0)->Pinned);
        Assert.True(reader.Current.IsNone);
        Assert.True(reader.Refresh());
        Assert.False(reader.Current.IsNone);
    }

    public void Dispose() => _region.Dispose();
}

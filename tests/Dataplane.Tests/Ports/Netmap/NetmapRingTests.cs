using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;

namespace Dataplane.Tests.Ports.Netmap;

public sealed unsafe class NetmapRingTests
{
    private readonly PacketSlot[] _batch = new PacketSlot[32];

    [Fact]
    public void Received_frames_are_lent_in_order_and_their_slots_stay_until_returned()
    {
        using NetmapImage image = new(rings: 1);
        NetmapRing ring = image.Receiving(0);
        Assert.Equal(0, ring.Lend(_batch));
        for (int i = 0; i < 3; i++) image.Deliver(0, NetmapImage.Frame(i, 60 + i));
        Assert.Equal(3, ring.Available);
        Assert.Equal(3, ring.Lend(_batch));
        for (int i = 0; i < 3; i++) Assert.Equal(NetmapImage.Frame(i, 60 + i), new ReadOnlySpan<byte>(_batch[i].Data, _batch[i].Length).ToArray());
        Assert.Equal(0u, image.Ring(0)->head);
        ring.ReturnLent();
        Assert.Equal((3u, 3u), (image.Ring(0)->head, image.Ring(0)->cur));
    }

    [Fact]
    public void A_small_batch_leaves_the_rest_for_the_next()
    {
        using NetmapImage image = new(rings: 1);
        NetmapRing ring = image.Receiving(0);
        for (int i = 0; i < 5; i++) image.Deliver(0, NetmapImage.Frame(i));
        Assert.Equal(2, ring.Lend(_batch.AsSpan(0, 2)));
        Assert.Equal(3, ring.Available);
        Assert.Equal(3, ring.Lend(_batch));
    }

    [Fact]
    public void A_full_ring_takes_nothing_and_changes_nothing()
    {
        using NetmapImage image = new(rings: 2);
        NetmapRing from = image.Receiving(0), to = image.Transmitting(1);
        for (int i = 0; i < 7; i++) image.Deliver(0, NetmapImage.Frame(i));
        int count = from.Lend(_batch);
        for (int i = 0; i < count; i++) Assert.True(to.TryExchange(from, from.Slot((uint)i), _batch[i].Headroom, _batch[i].Length));
        from.ReturnLent();
        Assert.Equal(0, to.Available);

        image.Deliver(0, NetmapImage.Frame(9));
        Assert.Equal(1, from.Lend(_batch));
        uint before = from.Slot(7)->buf_idx;
        Assert.False(to.TryExchange(from, from.Slot(7), _batch[0].Headroom, _batch[0].Length));
        Assert.Equal(before, from.Slot(7)->buf_idx);
        Assert.Equal(NetmapImage.Frame(9), new ReadOnlySpan<byte>(_batch[0].Data, _batch[0].Length).ToArray());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(3)]
    public void Rings_wrap_around_for_as_long_as_one_likes(int slots)
    {
        using NetmapImage image = new(rings: 2, slots);
        NetmapRing from = image.Receiving(0), to = image.Transmitting(1);
        for (int round = 0; round < 100; round++)
        {
            int frames = 1 + (round % (slots - 1));
            for (int i = 0; i < frames; i++) image.Deliver(0, NetmapImage.Frame((round * 10) + i));
            Assert.Equal(frames, from.Lend(_batch));
            for (int i = 0; i < frames; i++) Assert.True(to.TryExchange(from, from.Slot((uint)_batch[i].Cookie), _batch[i].Headroom, _batch[i].Length));
            from.ReturnLent();
            List<byte[]> sent = image.Send(1);
            Assert.Equal(frames, sent.Count);
            for (int i = 0; i < frames; i++) Assert.Equal(NetmapImage.Frame((round * 10) + i), sent[i]);
            Assert.True(to.IsDrained);
        }
    }

    [Fact]
    public void Both_slots_say_that_their_buffers_have_changed()
    {
        using NetmapImage image = new(rings: 2);
        NetmapRing from = image.Receiving(0), to = image.Transmitting(1);
        image.Deliver(0, NetmapImage.Frame(1));
        (uint received, uint free) = (image.Slot(0, 0)->buf_idx, image.Slot(1, 0)->buf_idx);
        Assert.Equal(1, to.ExchangeAll(from, limit: 10));
        Assert.Equal((free, received), (image.Slot(0, 0)->buf_idx, image.Slot(1, 0)->buf_idx));
        Assert.Equal(NetmapAbi.NS_BUF_CHANGED, image.Slot(0, 0)->flags);
        Assert.Equal(NetmapAbi.NS_BUF_CHANGED, image.Slot(1, 0)->flags);
        Assert.Equal(1, to.Pending);
    }

    [Theory]
    [InlineData(64, 24)]
    [InlineData(64, -24)]
    [InlineData(0, -24)]
    public void A_frame_that_begins_elsewhere_leaves_as_it_is(int headroom, int earlierBy)
    {
        using NetmapImage image = new(rings: 2, headroom: headroom);
        NetmapRing from = image.Receiving(0), to = image.Transmitting(1);
        byte[] frame = NetmapImage.Frame(1, 80);
        image.Deliver(0, frame);
        from.Lend(_batch);
        byte* data = _batch[0].Data - earlierBy;
        int length = _batch[0].Length + earlierBy;
        byte[] expected = new ReadOnlySpan<byte>(data, length).ToArray();
        Assert.True(to.TryExchange(from, from.Slot(0), headroom - earlierBy, length));
        Assert.Equal(expected, image.Send(1).Single());

        // The buffer that came in return receives where frames begin.
        from.ReturnLent();
        for (int i = 0; i < 7; i++) image.Deliver(0, frame);
        Assert.Equal(7, from.Lend(_batch));
        Assert.Equal((ulong)headroom, image.Slot(0, 0)->ptr);
        Assert.Equal(headroom, _batch[6].Headroom);
    }

    [Fact]
    public void The_room_of_a_short_buffer_is_told_as_it_is()
    {
        using NetmapImage image = new(rings: 1, bufferBytes: 128, headroom: 32);
        NetmapRing ring = image.Receiving(0);
        image.Deliver(0, NetmapImage.Frame(1, 96));
        image.Deliver(0, NetmapImage.Frame(2, 90));
        Assert.Equal(2, ring.Lend(_batch));
        Assert.Equal((32, 0), (_batch[0].Headroom, _batch[0].Tailroom));
        Assert.Equal((32, 6), (_batch[1].Headroom, _batch[1].Tailroom));
    }

    [Fact]
    public void A_frame_longer_than_a_buffer_is_not_sent()
    {
        using NetmapImage image = new(rings: 2, bufferBytes: 128);
        NetmapRing from = image.Receiving(0), to = image.Transmitting(1);
        image.Deliver(0, NetmapImage.Frame(1, 128));
        from.Lend(_batch);
        Assert.False(to.TryExchange(from, from.Slot(0), _batch[0].Headroom, 129));
        Assert.True(to.TryExchange(from, from.Slot(0), _batch[0].Headroom, 128));
    }

    [Fact]
    public void A_frame_in_several_buffers_is_skipped_whole_and_counted_once()
    {
        using NetmapImage image = new(rings: 1);
        NetmapRing ring = image.Receiving(0);
        image.Deliver(0, NetmapImage.Frame(1), NetmapAbi.NS_MOREFRAG);
        image.Deliver(0, NetmapImage.Frame(2), NetmapAbi.NS_MOREFRAG);
        Assert.Equal(0, ring.Lend(_batch));
        image.Deliver(0, NetmapImage.Frame(3));
        image.Deliver(0, NetmapImage.Frame(4));
        Assert.Equal(1, ring.Lend(_batch));
        Assert.Equal(NetmapImage.Frame(4), new ReadOnlySpan<byte>(_batch[0].Data, _batch[0].Length).ToArray());
        Assert.Equal(1, ring.Skipped);
        ring.ReturnLent();
        Assert.Equal(4u, image.Ring(0)->head);
    }

    [Fact]
    public void A_slot_that_says_more_than_its_buffer_holds_is_skipped()
    {
        using NetmapImage image = new(rings: 1);
        NetmapRing ring = image.Receiving(0);
        image.Deliver(0, NetmapImage.Frame(1));
        image.Slot(0, 0)->len = 257;
        Assert.Equal(0, ring.Lend(_batch));
        Assert.Equal(1, ring.Skipped);
    }

    [Fact]
    public void After_the_kernel_has_reset_a_ring_it_goes_on_from_there()
    {
        using NetmapImage image = new(rings: 1);
        NetmapRing ring = image.Receiving(0);
        for (int i = 0; i < 4; i++) image.Deliver(0, NetmapImage.Frame(i));
        ring.Lend(_batch);
        ring.ReturnLent();
        ring.BeforeCall();
        (image.Ring(0)->head, image.Ring(0)->cur, image.Ring(0)->tail) = (2, 2, 4);
        ring.AfterCall();
        Assert.Equal(1, ring.Resets);
        Assert.Equal(2, ring.Available);
        Assert.Equal(2, ring.Lend(_batch));
        Assert.Equal(NetmapImage.Frame(2), new ReadOnlySpan<byte>(_batch[0].Data, _batch[0].Length).ToArray());
    }

    [Fact]
    public void An_ordinary_call_is_no_reset()
    {
        using NetmapImage image = new(rings: 1);
        NetmapRing ring = image.Transmitting(0);
        ring.Push();
        image.Send(0);
        ring.AfterCall();
        Assert.Equal(0, ring.Resets);
        Assert.Equal(7, ring.Available);
    }
}

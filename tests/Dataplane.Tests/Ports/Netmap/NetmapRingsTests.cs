using Dataplane.Tests.Ports.Xdp;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;

namespace Dataplane.Tests.Ports.Netmap;

public sealed unsafe class NetmapRingsTests : IDisposable
{
    private const int Receive = 0, Transmit = 1, FromHost = 2, ToHost = 3, SecondReceive = 4, SecondTransmit = 5;

    private readonly NetmapImage _image = new(rings: 6);
    private readonly NetmapRings _rings;
    private readonly PacketSlot[] _batch = new PacketSlot[32];

    public NetmapRingsTests() => _rings = new NetmapRings(
        [_image.Receiving(Receive), _image.Receiving(SecondReceive)],
        [_image.Transmitting(Transmit), _image.Transmitting(SecondTransmit)],
        _image.Receiving(FromHost),
        _image.Transmitting(ToHost));

    public void Dispose() => _image.Dispose();

    [Fact]
    public void Nothing_is_returned_while_one_frame_is_lent()
    {
        Deliver(3);
        Assert.Equal(3, _rings.Receive(_batch));
        Assert.Equal(1, _rings.Transmit([_batch[2]]));
        _rings.Release(_batch[0]);
        _rings.ReturnReceived();
        Assert.Equal(0u, _image.Ring(Receive)->head);
        Assert.True(_rings.TryToHost(_batch[1]));
        _rings.ReturnReceived();
        Assert.Equal(3u, _image.Ring(Receive)->head);
        Assert.Equal(NetmapImage.Frame(2), _image.Send(Transmit).Single());
        Assert.Equal(NetmapImage.Frame(1), _image.Send(ToHost).Single());
    }

    [Fact]
    public void Every_buffer_is_in_one_place_whatever_happens()
    {
        Random random = new(5);
        for (int round = 0; round < 2000; round++)
        {
            foreach (int ring in (int[])[Receive, SecondReceive, FromHost])
            {
                for (int i = random.Next(8 - Waiting(ring)); i > 0; i--) _image.Deliver(ring, NetmapImage.Frame(i));
            }

            int count = _rings.Receive(_batch);
            random.Shuffle(_batch.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                bool left = random.Next(3) switch { 0 => _rings.Transmit([_batch[i]]) == 1, 1 => _rings.TryToHost(_batch[i]), _ => false };
                if (!left) _rings.Release(_batch[0]);
            }

            _rings.ReturnReceived();
            _rings.PassHostFrames(random.Next(4));
            if (random.Next(3) == 0) _image.Send(random.Next(2) == 0 ? Transmit : SecondTransmit);
            if (random.Next(5) == 0) _image.Send(ToHost);
            Assert.Equal(new NetmapCensus(Slots: 48, Lost: 0), _rings.Count());
        }
    }

    [Fact]
    public void A_buffer_in_two_places_is_found()
    {
        _image.Slot(Transmit, 3)->buf_idx = _image.Slot(Receive, 1)->buf_idx;
        _image.Slot(ToHost, 0)->buf_idx = 1;
        Assert.Equal(2, _rings.Count().Lost);
    }

    [Fact]
    public void Rings_of_the_device_take_turns_and_answer_on_their_own()
    {
        Deliver(2);
        _image.Deliver(SecondReceive, NetmapImage.Frame(50));
        int first = _rings.Receive(_batch);
        for (int i = 0; i < first; i++) Assert.Equal(1, _rings.Transmit([_batch[i]]));
        int second = _rings.Receive(_batch);
        for (int i = 0; i < second; i++) Assert.Equal(1, _rings.Transmit([_batch[i]]));
        Assert.Equal(3, first + second);
        Assert.Equal(2, _image.Send(Transmit).Count);
        Assert.Equal(NetmapImage.Frame(50), _image.Send(SecondTransmit).Single());
    }

    [Fact]
    public void The_hosts_frames_go_out_and_wait_where_there_is_no_room()
    {
        for (int i = 0; i < 7; i++) _image.Deliver(FromHost, NetmapImage.Frame(i));
        _rings.PassHostFrames(limit: 5);
        Assert.Equal(5, _rings.HostFramesSent);
        _rings.PassHostFrames(limit: 5);
        Assert.Equal(7, _rings.HostFramesSent);
        Assert.Equal(7, _image.Send(Transmit).Count);

        for (int ring = Transmit; ring <= SecondTransmit; ring += SecondTransmit - Transmit)
        {
            for (int i = 0; i < 6; i++) _image.Deliver(FromHost, NetmapImage.Frame(i));
            _rings.PassHostFrames(limit: 6);
        }

        for (int i = 0; i < 7; i++) _image.Deliver(FromHost, NetmapImage.Frame(i));
        _rings.PassHostFrames(limit: 100);
        Assert.True(_rings.HasHostFrames);
        int sent = _image.Send(Transmit).Count + _image.Send(SecondTransmit).Count;
        _rings.PassHostFrames(limit: 100);
        Assert.False(_rings.HasHostFrames);
        Assert.Equal(19, sent + _image.Send(Transmit).Count + _image.Send(SecondTransmit).Count);
    }

    [Fact]
    public void A_full_host_ring_refuses_and_the_frame_is_still_the_workers()
    {
        Deliver(7);
        int count = _rings.Receive(_batch);
        for (int i = 0; i < count; i++) Assert.True(_rings.TryToHost(_batch[i]));
        _rings.ReturnReceived();
        _image.Deliver(Receive, NetmapImage.Frame(77));
        Assert.Equal(1, _rings.Receive(_batch));
        Assert.False(_rings.TryToHost(_batch[0]));
        Assert.Equal(NetmapImage.Frame(77), new ReadOnlySpan<byte>(_batch[0].Data, _batch[0].Length).ToArray());
    }

    [Theory]
    [InlineData("10.1.0.1", false)]
    [InlineData("10.1.0.1", true)]
    [InlineData("2001:db8:1::1", false)]
    [InlineData("2001:db8:1::1", true)]
    public void A_tunnels_headers_stay_outside_the_host_and_tags_do_not(string inside, bool isOverIpv6)
    {
        foreach (int[] tags in (int[][])[[], [0x8100], [0x88A8, 0x8100]])
        {
            byte[] inner = WireBytes.To(inside);
            GrePacket gre = WireBytes.Gre(inner, 0x3000);
            byte[] outer = isOverIpv6 ? gre.In6(SteeringCases.Host6, WireBytes.Routing) : gre.In4();
            _image.Deliver(Receive, WireBytes.Frame(outer, tags));
            Assert.Equal(1, _rings.Receive(_batch));
            _batch[0].TunnelBytes = (ushort)(outer.Length - inner.Length);
            Assert.True(_rings.TryToHost(_batch[0]));
            Assert.Equal(WireBytes.Frame(inner, tags), _image.Send(ToHost).Single());
            _rings.ReturnReceived();
        }
    }

    [Fact]
    public void What_is_in_no_tunnel_reaches_the_host_as_it_is()
    {
        byte[] frame = WireBytes.Tagged(NetmapImage.Frame(1, 60), 0x88CC, 0x8100);
        _image.Deliver(Receive, frame);
        _rings.Receive(_batch);
        Assert.True(_rings.TryToHost(_batch[0]));
        Assert.Equal(frame, _image.Send(ToHost).Single());
    }

    [Fact]
    public void Without_a_host_nothing_goes_there()
    {
        using NetmapImage image = new(rings: 2);
        NetmapRings rings = new([image.Receiving(0)], [image.Transmitting(1)], null, null);
        image.Deliver(0, NetmapImage.Frame(1));
        rings.Receive(_batch);
        Assert.False(rings.TryToHost(_batch[0]));
        rings.PassHostFrames(10);
        Assert.False(rings.HasHostFrames);
    }

    private int Waiting(int ring) => (int)((_image.Ring(ring)->tail + 8 - _image.Ring(ring)->head) % 8);

    private void Deliver(int frames)
    {
        for (int i = 0; i < frames; i++) _image.Deliver(Receive, NetmapImage.Frame(i));
    }
}

using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;

namespace Dataplane.Tests.Ports.Netmap;

/// <summary>Frames that are away while others come, as where workers hand them over.</summary>
public sealed unsafe class DetachedFramesTests : IDisposable
{
    private const int Receive = 0, Transmit = 1, ToHost = 2, SecondReceive = 3, SecondTransmit = 4, Spares = 20;

    private readonly NetmapImage _image = new(rings: 5, headroom: 32, spares: Spares);
    private readonly NetmapRings _rings;
    private readonly PacketSlot[] _batch = new PacketSlot[32];

    public DetachedFramesTests() => _rings = new NetmapRings(
        [_image.Receiving(Receive), _image.Receiving(SecondReceive)],
        [_image.Transmitting(Transmit), _image.Transmitting(SecondTransmit)],
        fromHost: null,
        _image.Transmitting(ToHost),
        new DetachedFrames(_image.Spares));

    public void Dispose() => _image.Dispose();

    [Fact]
    public void A_ring_goes_on_while_its_frames_are_away()
    {
        List<PacketSlot> away = [];
        for (int i = 0; i < Spares; i++)
        {
            _image.Deliver(Receive, NetmapImage.Frame(i));
            Assert.Equal(1, _rings.Receive(_batch));
            away.Add(_batch[0]);
            _rings.ReturnReceived();
            Assert.Equal(_image.Ring(Receive)->tail, _image.Ring(Receive)->head);
        }

        // What has no spare waits in the ring.
        _image.Deliver(Receive, NetmapImage.Frame(99));
        Assert.Equal(0, _rings.Receive(_batch));
        for (int i = 0; i < Spares; i++) Assert.Equal(NetmapImage.Frame(i), new ReadOnlySpan<byte>(away[i].Data, away[i].Length).ToArray());
        _rings.Release(away[7]);
        Assert.Equal(1, _rings.Receive(_batch));
        Assert.Equal(NetmapImage.Frame(99), new ReadOnlySpan<byte>(_batch[0].Data, _batch[0].Length).ToArray());
    }

    [Fact]
    public void Late_frames_leave_by_the_ring_that_belongs_to_theirs_and_in_the_order_in_which_they_come_back()
    {
        _image.Deliver(Receive, NetmapImage.Frame(1));
        _image.Deliver(Receive, NetmapImage.Frame(2));
        _image.Deliver(SecondReceive, NetmapImage.Frame(3));
        List<PacketSlot> away = [];
        for (int count = _rings.Receive(_batch); count > 0; count = _rings.Receive(_batch)) away.AddRange(_batch[..count]);
        PacketSlot[] back = [.. away.OrderByDescending(slot => slot.Data[0] ^ 0x5A)];
        Assert.Equal(3, _rings.Transmit(back));
        byte[][] expected = [.. back.Select(slot => new ReadOnlySpan<byte>(slot.Data, slot.Length).ToArray())];
        Assert.Equal(expected.Where(frame => !frame.AsSpan().SequenceEqual(NetmapImage.Frame(3))), _image.Send(Transmit));
        Assert.Equal([NetmapImage.Frame(3)], _image.Send(SecondTransmit));
        Assert.Equal(new NetmapCensus(Slots: 40 + Spares, Lost: 0), _rings.Count());
    }

    [Fact]
    public void Frames_that_have_grown_leave_as_they_are()
    {
        byte[] frame = NetmapImage.Frame(1, 80);
        _image.Deliver(Receive, frame);
        _rings.Receive(_batch);
        _batch[0].Data -= 24;
        _batch[0].Headroom -= 24;
        _batch[0].Length += 24;
        byte[] grown = new ReadOnlySpan<byte>(_batch[0].Data, _batch[0].Length).ToArray();
        Assert.Equal(1, _rings.Transmit(_batch.AsSpan(0, 1)));
        Assert.Equal(grown, _image.Send(Transmit).Single());
    }

    [Fact]
    public void The_host_gets_late_frames_too_without_tunnels()
    {
        byte[] frame = [.. NetmapImage.Frame(1, 100)];
        (frame[12], frame[13], frame[38]) = (8, 0, 0x45);
        _image.Deliver(Receive, frame);
        _rings.Receive(_batch);
        _batch[0].TunnelBytes = 24;
        Assert.True(_rings.TryToHost(_batch[0]));
        byte[] delivered = _image.Send(ToHost).Single();
        Assert.Equal(frame[..12], delivered[..12]);
        Assert.Equal(frame[38..], delivered[14..]);
    }

    [Fact]
    public void Every_buffer_is_in_one_place_whatever_happens()
    {
        Random random = new(5);
        List<PacketSlot> away = [];
        for (int round = 0; round < 3000; round++)
        {
            foreach (int ring in (int[])[Receive, SecondReceive])
            {
                for (int i = random.Next(8 - Waiting(ring)); i > 0; i--) _image.Deliver(ring, NetmapImage.Frame(i));
            }

            int count = _rings.Receive(_batch);
            away.AddRange(_batch[..count]);
            for (int i = random.Next(away.Count + 1); i > 0; i--)
            {
                int which = random.Next(away.Count);
                bool left = random.Next(3) switch { 0 => _rings.Transmit([away[which]]) == 1, 1 => _rings.TryToHost(away[which]), _ => false };
                if (!left) _rings.Release(away[which]);
                away.RemoveAt(which);
            }

            _rings.ReturnReceived();
            if (random.Next(3) == 0) _image.Send(random.Next(2) == 0 ? Transmit : SecondTransmit);
            if (random.Next(5) == 0) _image.Send(ToHost);
            Assert.Equal(new NetmapCensus(Slots: 40 + Spares, Lost: away.Count), _rings.Count());
        }
    }

    private int Waiting(int ring) => (int)((_image.Ring(ring)->tail + 8 - _image.Ring(ring)->head) % 8);
}

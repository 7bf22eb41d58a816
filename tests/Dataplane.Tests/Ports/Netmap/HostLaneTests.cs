using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;

namespace Dataplane.Tests.Ports.Netmap;

/// <summary>The host's frames from a worker without host rings to the one that has them.</summary>
public sealed unsafe class HostLaneTests : IDisposable
{
    private readonly WakeEvent _wake = new();
    private readonly HostLane _lane;
    private readonly NetmapImage _image = new(rings: 2);
    private readonly NetmapRing _received, _toHost;
    private readonly PacketSlot[] _batch = new PacketSlot[32];

    public HostLaneTests() => (_lane, _received, _toHost) = (new HostLane(_wake), _image.Receiving(0), _image.Transmitting(1));

    public void Dispose()
    {
        _lane.Dispose();
        _image.Dispose();
        _wake.Dispose();
    }

    [Fact]
    public void Frames_arrive_in_order_as_copies()
    {
        for (int i = 0; i < 3; i++) Put(NetmapImage.Frame(i, 60 + i));
        Assert.True(_lane.HasFrames);
        _lane.Empty(_toHost);
        Assert.False(_lane.HasFrames);
        Assert.Equal([NetmapImage.Frame(0, 60), NetmapImage.Frame(1, 61), NetmapImage.Frame(2, 62)], _image.Send(1));
    }

    [Fact]
    public void What_the_hosts_ring_does_not_take_waits()
    {
        for (int i = 0; i < 10; i++) Put(NetmapImage.Frame(i));
        _lane.Empty(_toHost);
        Assert.True(_lane.HasFrames);
        Assert.Equal(7, _image.Send(1).Count);
        _lane.Empty(_toHost);
        Assert.False(_lane.HasFrames);
        Assert.Equal(NetmapImage.Frame(9), _image.Send(1)[^1]);
    }

    [Fact]
    public void A_full_lane_refuses_and_goes_on_when_there_is_room()
    {
        for (int i = 0; i < HostLane.Capacity; i++) Assert.True(TryPut(NetmapImage.Frame(i)));
        Assert.False(TryPut(NetmapImage.Frame(200)));
        _lane.Empty(_toHost);
        _image.Send(1);
        Assert.True(TryPut(NetmapImage.Frame(200)));
    }

    [Fact]
    public void A_tunnels_headers_stay_outside_and_a_frame_that_is_too_long_is_refused()
    {
        byte[] frame = NetmapImage.Frame(1, 100);
        (frame[12], frame[13], frame[38]) = (8, 0, 0x45);
        fixed (byte* bytes = (byte[])[.. frame])
        {
            Assert.True(NetmapRings.TryToLane(_lane, new PacketSlot { Data = bytes, Length = frame.Length, TunnelBytes = 24 }));
        }

        _lane.Empty(_toHost);
        Assert.Equal([.. frame[..14], .. frame[38..]], _image.Send(1).Single());
        Assert.False(TryPut(new byte[3000]));
    }

    [Fact]
    public void A_frame_wakes_the_worker_that_has_the_host()
    {
        _wake.BeginSleep();
        Put(NetmapImage.Frame(1));
        _wake.Wait(60_000);
        _wake.EndSleep();
        Assert.True(new HostLanes([_lane], _wake).HasFrames);
    }

    private void Put(byte[] frame) => Assert.True(TryPut(frame));

    private bool TryPut(byte[] frame)
    {
        fixed (byte* bytes = frame) return NetmapRings.TryToLane(_lane, new PacketSlot { Data = bytes, Length = frame.Length });
    }
}

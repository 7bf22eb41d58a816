using RustyRail.Dataplane.Host.Run;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;

namespace Dataplane.Tests.Ports.AfXdp;

public sealed class LinkTests
{
    private static readonly AfXdpOptions _small = new() { Device = VethLab.Device, Vips = VethLab.Vips, ReceiveFrames = 256, TransmitFrames = 64 };

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_that_went_down_comes_back_by_itself(bool peerSide)
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open(_small);
        using AfXdpDevice device = port.Device;
        (NetworkNamespace side, string name) = peerSide ? (lab.Peer, VethLab.PeerDevice) : (lab.Node, VethLab.Device);

        side.Ip($"link set {name} down");
        int turns = 0;
        Assert.True(lab.Work(port, () => turns++ == 20));
        Assert.True(port.IsOpen);
        side.Ip($"link set {name} up");
        Assert.True(Forwards(lab, port, 50));
    }

    [SkippableFact]
    public void A_wire_that_stands_still_fills_the_transmit_ring_and_never_the_receive_side()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open(_small);
        using AfXdpDevice device = port.Device;
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        lab.Wire.Send(frame, 200);
        lab.Node.Ip($"link set {VethLab.Device} down");

        int received = 0, refused = 0;
        Assert.True(lab.Work(port, () => received == 200, (p, slot) =>
        {
            received++;
            bool queued = VethLab.Bounce(p, slot);
            if (!queued) refused++;
            return queued;
        }));
        Assert.Equal((200 - 64, 64), (refused, port.Device.Queue.Transmitting));

        // Everything but the fill ring's and the waiting frames' chunks is free: the receive side has all it may have.
        Assert.Equal(_small.FrameCount - 256 - 64, port.Device.Queue.FreeChunks);
        lab.Node.Ip($"link set {VethLab.Device} up");
        int back = 0;
        Assert.True(lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) >= 64), $"{back} of 64 left");
        Assert.True(Forwards(lab, port, 64));
        Assert.Equal(default, device.ReadStatistics());
    }

    [SkippableFact]
    public void Rings_go_round_many_times_without_losing_a_chunk()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open(_small);
        using AfXdpDevice device = port.Device;
        int atStart = device.Queue.FreeChunks;
        for (int burst = 0; burst < 100; burst++) Assert.True(Forwards(lab, port, 60));

        // The last completions may be on their way.
        Assert.True(lab.Work(port, () => device.Queue.Transmitting == 0));
        Assert.Equal(atStart, device.Queue.FreeChunks);
        Assert.Equal(default, device.ReadStatistics());
    }

    /// <summary>Nothing is lost by a larger MTU that the chunks hold; one that they do not ends the worker, and whoever opens the device next has larger ones.</summary>
    [SkippableFact]
    public void An_mtu_that_outgrew_the_chunks_closes_the_port()
    {
        const int Largest = Umem.SmallChunkBytes - Umem.HeadroomBytes - 18;
        using VethLab lab = new();
        AfXdpPort port = lab.Open(_small);
        using (AfXdpDevice device = port.Device)
        {
            Assert.Equal(Largest, device.MaxMtuBytes);
            SetMtu(lab, Largest);
            Assert.False(device.IsMtuTooLarge(out _));
            Assert.True(ForwardsWhole(lab, port, Largest));
            Assert.True(port.IsOpen);
            SetMtu(lab, Largest + 1);
            Assert.True(lab.Work(port, () => !port.IsOpen));
            Assert.Equal($"its MTU is {Largest + 1} now and the frame memory is for {Largest} at most: it has to be opened anew", new AfXdpSteering(device, ports: 1).ExplainEnd());
        }

        AfXdpPort next = lab.Open(_small);
        using AfXdpDevice opened = next.Device;
        Assert.Equal(AfXdpOpening.MaxMtuBytes, opened.MaxMtuBytes);
        Assert.True(ForwardsWhole(lab, next, Largest + 1));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_device_that_vanished_closes_the_port(bool workerSleeps)
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open(_small);
        using AfXdpDevice device = port.Device;
        Assert.True(port.IsOpen);
        lab.Node.Ip($"link delete {VethLab.Device}");
        bool closed = lab.Node.Run(() =>
        {
            long end = Environment.TickCount64 + 5000;
            while (port.IsOpen && Environment.TickCount64 < end)
            {
                if (workerSleeps) port.Wait(100);
                else port.Flush();
            }

            return !port.IsOpen;
        });
        Assert.True(closed);
    }

    private static void SetMtu(VethLab lab, int bytes)
    {
        lab.Node.Ip($"link set {VethLab.Device} mtu {bytes}");
        lab.Peer.Ip($"link set {VethLab.PeerDevice} mtu {bytes}");
    }

    private static bool ForwardsWhole(VethLab lab, AfXdpPort port, int mtu)
    {
        byte[] payload = new byte[mtu - Frames.Ipv4];
        Random.Shared.NextBytes(payload);
        return Forwards(lab, port, 10, Frames.Eth(Frames.Ip("10.0.0.7", VethLab.Vip, Frames.Udp, payload)));
    }

    private static bool Forwards(VethLab lab, AfXdpPort port, int frames) => Forwards(lab, port, frames, Frames.RouterGre(VethLab.Vip));

    private static bool Forwards(VethLab lab, AfXdpPort port, int frames, byte[] frame)
    {
        lab.Wire.Send(frame, frames);
        int back = 0;
        return lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) >= frames);
    }
}

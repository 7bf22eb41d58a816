using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfPacket;

namespace Dataplane.Tests.Ports.AfPacket;

public sealed class LinkTests
{
    private static readonly AfPacketOptions _small = new() { Device = VethLab.Device, Vips = VethLab.Vips, ReceiveFrames = 256 };

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_that_went_down_comes_back_by_itself(bool peerSide)
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        (NetworkNamespace side, string name) = peerSide ? (lab.Peer, VethLab.PeerDevice) : (lab.Node, VethLab.Device);

        side.Ip($"link set {name} down");
        int turns = 0;
        Assert.True(lab.Work(port, () => turns++ == 20));
        Assert.True(port.IsOpen);
        side.Ip($"link set {name} up");

        // The kernel notices a carrier a moment later; until then it throws away what is sent.
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        Assert.True(lab.Work(port, () => Knock() > 0, VethLab.BounceVip));
        Assert.True(Forwards(lab, port, 50));

        int Knock()
        {
            lab.Wire.Send(frame);
            return lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)));
        }
    }

    [SkippableFact]
    public void A_link_that_is_down_wakes_the_worker_once_and_not_all_the_time()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        lab.Node.Ip($"link set {VethLab.Device} down");
        lab.Node.Run(() =>
        {
            port.Wait(0);
            long started = Environment.TickCount64;
            port.Wait(50);
            Assert.InRange(Environment.TickCount64 - started, 40, 10_000);
        });
    }

    [SkippableFact]
    public void What_a_link_that_is_down_refuses_stays_with_the_worker()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip), 200);
        lab.Node.Ip($"link set {VethLab.Device} down");

        int received = 0, taken = 0;
        Assert.True(lab.Work(port, () => received == 200, (p, slot) =>
        {
            if (!VethLab.IsForVip(slot)) return false;
            received++;
            bool isTaken = VethLab.Bounce(p, slot);
            if (isTaken) taken++;
            return isTaken;
        }));
        Assert.Equal(0, taken);
        lab.Node.Ip($"link set {VethLab.Device} up");
        Assert.True(Forwards(lab, port, 64));
    }

    [SkippableFact]
    public void A_full_ring_loses_the_newest_frames_and_counts_them()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        lab.Wire.Send(frame, 300);
        int back = 0;
        Assert.True(lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) >= 250, VethLab.BounceVip));

        // Besides these the peer's kernel sends one or two frames of its own, such as ARP.
        Assert.InRange(back, 250, 256);
        Assert.InRange(device.Queue.ReadLost(), 300UL - 256, 300UL - 250);
        Assert.True(Forwards(lab, port, 64));
        Assert.InRange(device.Queue.ReadLost(), 300UL - 256, 300UL - 250);
    }

    [SkippableFact]
    public void A_frame_that_the_device_refuses_stays_with_the_worker_and_those_before_it_leave()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        lab.Wire.Send(frame, 5);
        List<PacketSlot> held = [];
        Assert.True(lab.Work(port, () => held.Count == 5, (_, slot) =>
        {
            if (!VethLab.IsForVip(slot)) return false;
            held.Add(slot);
            return true;
        }));
        PacketSlot tooLong = held[3];
        tooLong.Length = 1600;
        held[3] = tooLong;
        lab.Node.Run(() =>
        {
            Assert.Equal(3, port.Transmit(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(held)));
            port.Release(held[3]);
            Assert.Equal(1, port.Transmit([held[4]]));
        });
        Assert.Equal(4, lab.Wire.Count(f => f.AsSpan().SequenceEqual(frame), 4, TimeSpan.FromSeconds(5)));
        Assert.True(Forwards(lab, port, 64));
    }

    [SkippableFact]
    public void The_ring_goes_round_many_times_without_losing_a_slot()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        for (int burst = 0; burst < 100; burst++) Assert.True(Forwards(lab, port, 60));
        Assert.Equal(0UL, device.Queue.ReadLost());
    }

    [SkippableTheory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_device_that_vanished_closes_the_port(bool workerSleeps, bool isMoved)
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket(_small);
        using AfPacketDevice device = port.Device;
        Assert.True(port.IsOpen);
        lab.Node.Ip(isMoved ? $"link set {VethLab.Device} netns {lab.Peer.ThreadId}" : $"link delete {VethLab.Device}");
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

    private static bool Forwards(VethLab lab, AfPacketPort port, int frames)
    {
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        lab.Wire.Send(frame, frames);
        int back = 0;
        return lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) >= frames, VethLab.BounceVip);
    }
}

using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfPacket;

namespace Dataplane.Tests.Ports.AfPacket;

public sealed unsafe class AfPacketPortTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    [SkippableFact]
    public void Frames_come_out_again_in_order_as_the_worker_rewrote_them()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        for (int i = 0; i < 1000; i++) lab.Wire.Send(Numbered(frame, i));

        int next = 0, disordered = 0;
        bool all = lab.Work(port, () => lab.Wire.CountPresent(IsNext) >= 0 && next == 1000, VethLab.BounceVip);
        Assert.True(all, $"{next} of 1000 came back");
        Assert.Equal((0, 0UL), (disordered, device.Queue.ReadLost()));

        bool IsNext(byte[] f)
        {
            if (!IsBounced(f, frame)) return false;
            if (!f.AsSpan().SequenceEqual([.. Frames.PeerMac, .. Frames.LocalMac, .. Numbered(frame, next++)[12..]])) disordered++;
            return true;
        }
    }

    [SkippableFact]
    public void A_received_frame_has_room_to_be_encapsulated()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        byte[] frame = Frames.Plain(VethLab.Vip);
        byte[] expected = [.. Frames.PeerMac, .. Frames.LocalMac, 0x88, 0xB5, .. new byte[100], .. frame];
        lab.Wire.Send(frame);
        int back = 0;
        bool ended = lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan().SequenceEqual(expected))) == 1, (p, slot) =>
        {
            if (!VethLab.IsForVip(slot)) return false;
            Assert.Equal(FrameLayout.FrameAt - FrameLayout.HeaderBytes, slot.Headroom);
            Assert.Equal(2048 - FrameLayout.HeaderBytes, slot.Headroom + slot.Length + slot.Tailroom);
            int more = expected.Length - frame.Length;
            slot.Data -= more;
            slot.Headroom -= more;
            slot.Length += more;
            expected.AsSpan(0, more).CopyTo(new Span<byte>(slot.Data, more));
            return p.Transmit([slot]) == 1;
        });
        Assert.True(ended);
    }

    [SkippableFact]
    public void What_the_host_sends_is_not_received()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        Assert.True(lab.PingWorks());
        int received = 0;
        Assert.True(lab.Work(port, () => received >= 2, (_, slot) =>
        {
            Assert.True(new ReadOnlySpan<byte>(slot.Data + 6, 6).SequenceEqual(Frames.PeerMac), "a frame of our own");
            if (slot.Data[12] == 8 && slot.Data[13] == 0) received++;
            return false;
        }));
    }

    [SkippableFact]
    public void What_the_worker_sends_is_not_received_again()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip), 50);
        int sent = 0, back = 0, turns = 0;
        Assert.True(lab.Work(port, () => (back += lab.Wire.CountPresent(f => f[23] == Frames.Gre)) == 50 && turns++ == 10, (p, slot) =>
        {
            bool bounced = VethLab.BounceVip(p, slot);
            if (bounced) sent++;
            return bounced;
        }));
        Assert.Equal(50, sent);
    }

    [SkippableFact]
    public void Work_allocates_nothing()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        PacketSlot[] batch = new PacketSlot[32];
        RustyRail.Dataplane.Ports.Xdp.VipPrefix[] vips = [.. VethLab.Vips, RustyRail.Dataplane.Ports.Xdp.VipPrefix.Of(System.Net.IPNetwork.Parse("10.2.0.0/24"))];

        long TwentyTurns() => lab.Node.Run(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int turn = 0; turn < 20; turn++)
            {
                int count = port.Receive(batch), sent = port.Transmit(batch.AsSpan(0, count));
                for (int i = sent; i < count; i++) port.Release(batch[i]);
                port.Flush();
                port.Wait(0);
                device.SetVips(turn % 2 == 0 ? VethLab.Vips : vips);
                _ = device.Queue.ReadLost();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        lab.Wire.Send(frame, 600);
        TwentyTurns();
        lab.Wire.Send(frame, 600);
        Assert.Equal(0, TwentyTurns());
    }

    [SkippableFact]
    public void A_sleeping_worker_wakes_for_a_frame_and_for_a_wake_up()
    {
        using VethLab lab = new();
        using SafeFd wake = SafeFd.Take(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd");
        AfPacketPort port = lab.OpenPacket(new AfPacketOptions { Device = VethLab.Device, WakeFd = wake.Number });
        using AfPacketDevice device = port.Device;
        Task waiting = Task.Run(() => lab.Node.Run(() => port.Wait(60_000)));
        lab.Wire.Send(Frames.Plain("10.9.9.9"));
        Assert.True(waiting.Wait(_patience));

        PacketSlot[] batch = new PacketSlot[32];
        Assert.True(lab.Work(port, () => lab.Wire.CountPresent(_ => true) >= 0));
        lab.Node.Run(() =>
        {
            for (int count = port.Receive(batch); count > 0; count = port.Receive(batch))
            {
                for (int i = 0; i < count; i++) port.Release(batch[i]);
            }
        });
        Task sleeping = Task.Run(() => lab.Node.Run(() => port.Wait(60_000)));
        ulong one = 1;
        Assert.Equal(sizeof(ulong), Libc.write(wake.Number, &one, sizeof(ulong)));
        Assert.True(sleeping.Wait(_patience));
    }

    private static byte[] Numbered(byte[] frame, int number)
    {
        byte[] copy = [.. frame];
        BitConverter.TryWriteBytes(copy.AsSpan(copy.Length - 4), number);
        return copy;
    }

    private static bool IsBounced(byte[] f, byte[] frame) => f.Length == frame.Length && f.AsSpan(12, 40).SequenceEqual(frame.AsSpan(12, 40));
}

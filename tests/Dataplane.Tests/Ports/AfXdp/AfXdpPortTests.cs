using System.Net;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.AfXdp;

public sealed unsafe class AfXdpPortTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    [SkippableFact]
    public void A_vips_frames_come_out_again_as_the_worker_rewrote_them()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        Assert.Equal((XdpMode.Native, null), (device.Mode, device.WhyGeneric));

        byte[] frame = Frames.RouterGre(VethLab.Vip);
        byte[] expected = [.. Frames.PeerMac, .. Frames.LocalMac, .. frame[12..]];
        lab.Wire.Send(frame, 1000);
        int back = 0;
        Assert.True(lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan().SequenceEqual(expected))) == 1000), $"{back} of 1000 came back");
        Assert.Equal(default, device.ReadStatistics());
    }

    [SkippableFact]
    public void A_received_frame_has_room_to_be_encapsulated()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        byte[] frame = Frames.Plain(VethLab.Vip);
        byte[] expected = [.. Frames.PeerMac, .. Frames.LocalMac, 0x88, 0xB5, .. new byte[100], .. frame];
        lab.Wire.Send(frame);
        int back = 0;
        bool ended = lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan().SequenceEqual(expected))) == 1, (p, slot) =>
        {
            Assert.Equal(Umem.HeadroomBytes, slot.Headroom);
            Assert.Equal(Umem.SmallChunkBytes, slot.Headroom + slot.Length + slot.Tailroom);
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
    public void The_hosts_own_traffic_never_comes_to_the_worker()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        Assert.True(lab.PingWorks());
        Assert.Equal("hello", HostTcp.Exchange(lab, "hello"));

        lab.Wire.Send(Frames.RouterGre("10.9.0.1"));
        Assert.Equal(1, lab.Wire.Count(IsProtocolUnreachable, 1, _patience));
        Assert.Equal(0, lab.Node.Run(() => port.Receive(new PacketSlot[32])));
    }

    [SkippableFact]
    public void While_no_worker_listens_the_vips_frames_are_dropped_and_all_else_passes()
    {
        using VethLab lab = new();
        lab.Open().Device.Dispose();
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip), 10);
        lab.Wire.Send(Frames.RouterGre("10.9.0.1"));

        // The answer to the last frame shows that the ones before it are through; the kernel limits such answers, so it must be the only one.
        Assert.Equal(1, lab.Wire.Count(f => IsProtocolUnreachable(f) && Quotes(f, "10.9.0.1"), 1, _patience));
        Assert.Equal(0, lab.Wire.CountPresent(f => IsProtocolUnreachable(f) && Quotes(f, VethLab.Vip)));
        Assert.True(lab.PingWorks());
        Assert.Equal("still here", HostTcp.Exchange(lab, "still here"));
    }

    [SkippableFact]
    public void Prefixes_can_change_while_the_port_is_open()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        device.SetVips([VipPrefix.Of(IPNetwork.Parse("10.9.0.0/16"))]);
        lab.Wire.Send(Frames.RouterGre(VethLab.Vip));
        lab.Wire.Send(Frames.RouterGre("10.9.0.1"));
        List<int> lengths = [];
        Assert.True(lab.Work(port, () => lengths.Count == 1, (_, slot) =>
        {
            Assert.Equal(Frames.Address("10.9.0.1"), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(slot.Data + 54, 4)));
            lengths.Add(slot.Length);
            return false;
        }));
        Assert.Equal(1, lab.Wire.Count(IsProtocolUnreachable, 1, _patience));
    }

    [SkippableFact]
    public void A_new_hardware_address_is_followed()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        byte[] mac = [0x02, 0, 0, 0, 0, 0x77];
        lab.Node.Ip($"link set {VethLab.Device} address 02:00:00:00:00:77");
        byte[] frame = [.. mac, .. Frames.RouterGre(VethLab.Vip)[6..]];
        int seen = 0;
        bool followed = lab.Work(port, () =>
        {
            lab.Wire.Send(frame);
            return seen > 0;
        }, (_, _) => ++seen < 0);
        Assert.True(followed);
    }

    [SkippableFact]
    public void Work_allocates_nothing()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        byte[] frame = Frames.RouterGre(VethLab.Vip);
        PacketSlot[] batch = new PacketSlot[32];
        VipPrefix[] vips = [.. VethLab.Vips, VipPrefix.Of(IPNetwork.Parse("10.2.0.0/24"))];

        long TwentyTurns() => lab.Node.Run(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int turn = 0; turn < 20; turn++)
            {
                int count = port.Receive(batch);
                for (int i = 0; i < count; i++) port.Transmit([batch[i]]);
                port.Flush();
                port.Wait(0);
                device.SetVips(turn % 2 == 0 ? VethLab.Vips : vips);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        lab.Wire.Send(frame, 600);
        TwentyTurns();
        lab.Wire.Send(frame, 600);
        Assert.Equal(0, TwentyTurns());
    }

    [SkippableFact]
    public void A_wake_up_ends_the_wait()
    {
        using VethLab lab = new();
        using SafeFd wake = SafeFd.Take(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd");
        AfXdpPort port = lab.Open(new AfXdpOptions { Device = VethLab.Device, WakeFd = wake.Number });
        using AfXdpDevice device = port.Device;
        Task waiting = Task.Run(() => lab.Node.Run(() => port.Wait(60_000)));
        ulong one = 1;
        Assert.Equal(sizeof(ulong), Libc.write(wake.Number, &one, sizeof(ulong)));
        Assert.True(waiting.Wait(_patience));
    }

    internal static bool IsProtocolUnreachable(byte[] f) => f.Length >= 36 && f[12] == 8 && f[13] == 0 && f[23] == Frames.Icmp && f[34] == 3 && f[35] == 2;

    // ICMP quotes outer IPv4 (20), GRE (4) and the inner IPv4 header, whose destination is its last field.
    private static bool Quotes(byte[] f, string innerDestination) =>
        f.Length >= 86 && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(f.AsSpan(42 + 20 + 4 + 16)) == Frames.Address(innerDestination);
}

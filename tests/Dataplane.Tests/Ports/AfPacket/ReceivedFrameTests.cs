using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports.AfPacket;

namespace Dataplane.Tests.Ports.AfPacket;

/// <summary>What the kernel changed or left undone in a frame is as on the wire again when the worker sees it.</summary>
public sealed unsafe class ReceivedFrameTests
{
    [SkippableTheory]
    [InlineData("8100 0123")]
    [InlineData("8100 E064")]
    [InlineData("88A8 0123")]
    [InlineData("88A8 0123 8100 0456")]
    public void A_vlan_tag_is_back_in_its_place(string tags)
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        byte[] untagged = Frames.RouterGre(VethLab.Vip);
        byte[] tagged = [.. untagged[..12], .. Convert.FromHexString(tags.Replace(" ", "", StringComparison.Ordinal)), .. untagged[12..]];
        lab.Wire.Send(tagged, 3);

        byte[]? seen = null;
        int headroom = 0, back = 0;
        byte[] inner = untagged[14..];
        Assert.True(lab.Work(port, () => back == 3 || (back += lab.Wire.CountPresent(f => f.AsSpan().EndsWith(inner))) == 3, (p, slot) =>
        {
            ReadOnlySpan<byte> bytes = new(slot.Data, slot.Length);
            if (!bytes.EndsWith(inner)) return false;
            seen = bytes.ToArray();
            headroom = slot.Headroom;
            return VethLab.Bounce(p, slot);
        }));
        Assert.Equal(Convert.ToHexString(tagged), Convert.ToHexString(seen!));
        Assert.Equal(FrameLayout.FrameAt - FrameLayout.HeaderBytes - 4, headroom);
    }

    [SkippableTheory]
    [InlineData(SocketType.Dgram, Frames.Udp, 6)]
    [InlineData(SocketType.Stream, Frames.Tcp, 16)]
    public void A_checksum_that_a_local_sender_left_to_the_device_is_completed(SocketType type, byte protocol, int checksumAt)
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        lab.Peer.Execute("ethtool", $"-K {VethLab.PeerDevice} tx on");
        using Socket sender = lab.Peer.Run(() => new Socket(AddressFamily.InterNetwork, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp));
        Task sending = lab.Peer.Run(() =>
        {
            IPEndPoint vip = new(IPAddress.Parse(VethLab.Vip), 80);
            return type == SocketType.Dgram ? (Task)sender.SendToAsync(new byte[] { 1, 2, 3, 4, 5 }, vip) : sender.ConnectAsync(vip);
        });

        int complete = 0, wrong = 0;
        Assert.True(lab.Work(port, () => complete + wrong > 0, (_, slot) =>
        {
            if (!VethLab.IsForVip(slot) || slot.Data[23] != protocol) return false;
            byte* ip = slot.Data + 14, transport = ip + 20;
            int length = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(ip + 2, 2)) - 20;
            byte[] pseudo = [.. new ReadOnlySpan<byte>(ip + 12, 8), 0, protocol, (byte)(length >> 8), (byte)length, .. new ReadOnlySpan<byte>(transport, length)];
            fixed (byte* all = pseudo)
            {
                if (InternetChecksum.Verify(all, pseudo.Length) && (transport[checksumAt] | transport[checksumAt + 1]) != 0) complete++;
                else wrong++;
            }

            return false;
        }));
        Assert.Equal((1, 0), (complete, wrong));
        sender.Close();
        sending.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
    }

    [SkippableFact]
    public void Segments_that_a_local_sender_left_uncut_are_counted_as_lost()
    {
        using VethLab lab = new();
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        lab.Peer.Execute("ethtool", $"-K {VethLab.PeerDevice} tx on tso on");
        using TcpListener listener = lab.Node.Run(() => new TcpListener(IPAddress.Any, 0));
        lab.Node.Run(listener.Start);
        IPEndPoint node = new(IPAddress.Parse(VethLab.NodeAddress), ((IPEndPoint)listener.LocalEndpoint).Port);
        using Socket sender = lab.Peer.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        sender.Connect(node);
        using Socket accepted = listener.AcceptSocket();
        accepted.ReceiveTimeout = 5000;
        byte[] sent = new byte[100_000];
        Random.Shared.NextBytes(sent);
        sender.Send(sent);
        int longest = 0;
        Assert.True(lab.Work(port, () => device.Queue.ReadLost() > 0, (_, slot) => (longest = Math.Max(longest, slot.Length)) < 0));

        // The host's own copies are as they were.
        byte[] received = new byte[sent.Length];
        for (int at = 0; at < received.Length;) at += accepted.Receive(received.AsSpan(at));
        Assert.Equal(sent, received);
        Assert.InRange(longest, 1, 1514);
    }

    [SkippableFact]
    public void The_longest_frame_of_a_large_mtu_comes_through_whole()
    {
        using VethLab lab = new(mtu: 9000);
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        Assert.Equal(16384, device.Queue.Layout.SlotBytes);
        byte[] payload = new byte[9000 - Frames.Ipv4];
        Random.Shared.NextBytes(payload);
        byte[] frame = Frames.Eth(Frames.Ip("10.0.0.7", VethLab.Vip, Frames.Udp, payload));
        lab.Wire.Send(frame, 10);
        int back = 0;
        Assert.True(lab.Work(port, () => (back += lab.Wire.CountPresent(f => f.AsSpan(12).SequenceEqual(frame.AsSpan(12)))) == 10, VethLab.BounceVip));
    }

    [Theory]
    [InlineData(1500, 4096, 2048, 4096)]
    [InlineData(1852, 4096, 2048, 4096)]
    [InlineData(1853, 4096, 4096, 4096)]
    [InlineData(9000, 4096, 16384, 2048)]
    [InlineData(65535, 4096, 131072, 256)]
    [InlineData(1500, 100, 2048, 128)]
    public void Slots_hold_the_longest_frame_and_fill_whole_blocks(int mtu, int wanted, int slotBytes, int slots)
    {
        FrameLayout layout = FrameLayout.For(mtu, wanted);
        Assert.Equal((slotBytes, slots), (layout.SlotBytes, layout.Slots));
        Assert.Equal(0, layout.BlockBytes % layout.SlotBytes);
        Assert.Equal(0, (long)layout.Slots * layout.SlotBytes % layout.BlockBytes);
    }
}

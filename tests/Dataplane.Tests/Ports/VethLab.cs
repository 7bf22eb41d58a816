using System.Diagnostics;
using System.Net;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfPacket;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Tc;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports;

/// <summary>
/// Two namespaces with one cable: "peer" (router, client and servers in one, 192.168.137.1) and "node" (the balancer, .188) with the port under test.
/// </summary>
internal sealed unsafe class VethLab : IDisposable
{
    public const string Device = "vnode", PeerDevice = "vpeer", NodeAddress = "192.168.137.188", PeerAddress = "192.168.137.1";
    public const string Vip = "10.1.0.1";

    public static readonly VipPrefix[] Vips = [VipPrefix.Of(IPNetwork.Parse("10.1.0.0/24"))];

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public VethLab(int mtu = 1500, int queues = 1)
    {
        Peer = NetworkNamespace.CreateOrSkip();
        Node = NetworkNamespace.CreateOrSkip();
        string each = $"mtu {mtu} numrxqueues {queues} numtxqueues {queues}";
        Peer.Ip($"link add {PeerDevice} address 02:00:00:00:00:02 {each} type veth peer name {Device} address 02:00:00:00:00:01 {each} netns {Node.ThreadId}");
        foreach ((NetworkNamespace side, string device, string address) in new[] { (Peer, PeerDevice, PeerAddress), (Node, Device, NodeAddress) })
        {
            side.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"));
            side.Ip($"address add {address}/24 dev {device}");
            side.Ip($"link set {device} up");
            side.Execute("ethtool", $"-K {device} tx off");
        }

        Peer.Ip($"route add 10.1.0.0/24 via {NodeAddress}");

        // The kernel notices a carrier a moment later; until then it throws away what is sent.
        Peer.Execute("ping", $"-c 1 -i 0.1 -w 10 {NodeAddress}");
        Wire = Peer.Run(() => new PacketTap(PeerDevice));
    }

    public NetworkNamespace Peer { get; }

    public NetworkNamespace Node { get; }

    /// <summary>The peer's end of the cable.</summary>
    public PacketTap Wire { get; }

    /// <summary>Opens the port in the node; skips where the kernel has no AF_XDP at all.</summary>
    public AfXdpPort Open(AfXdpOptions? options = null)
    {
        try
        {
            return Node.Run(() => AfXdpPort.Open(options ?? new AfXdpOptions { Device = Device, Vips = Vips }));
        }
        catch (PortException e) when (e.Message.Contains("this kernel has no", StringComparison.Ordinal))
        {
            throw new SkipException(e.Message);
        }
    }

    public AfPacketPort OpenPacket(AfPacketOptions? options = null, Func<int, IngressHook[]>? hooks = null)
    {
        try
        {
            return Node.Run(() => new AfPacketPort(AfPacketOpening.Open(options ?? new AfPacketOptions { Device = Device, Vips = Vips }, hooks ?? IngressHook.AllOf)));
        }
        catch (PortException e) when (e.Message.Contains("this kernel has no", StringComparison.Ordinal))
        {
            throw new SkipException(e.Message);
        }
    }

    /// <summary>Runs the port as a worker would until <paramref name="done"/> is true; false when the time is over.</summary>
    public bool Work<TPort>(TPort port, Func<bool> done, Func<TPort, PacketSlot, bool>? handle = null)
        where TPort : struct, IPort => Node.Run(() =>
    {
        handle ??= Bounce;
        PacketSlot[] batch = new PacketSlot[32];
        long started = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (Stopwatch.GetElapsedTime(started) > _patience) return false;
            int count = port.Receive(batch);
            for (int i = 0; i < count; i++)
            {
                if (!handle(port, batch[i])) port.Release(batch[i]);
            }

            port.Flush();
            if (count == 0) port.Wait(20);
        }

        return true;
    });

    /// <summary>Sends the frame back to where it came from.</summary>
    public static bool Bounce<TPort>(TPort port, PacketSlot slot)
        where TPort : struct, IPort
    {
        for (int i = 0; i < 6; i++) (slot.Data[i], slot.Data[i + 6]) = (slot.Data[i + 6], slot.Data[i]);
        return port.Transmit([slot]) == 1;
    }

    /// <summary>The same for frames of the tests' VIPs; AF_PACKET brings the others too.</summary>
    public static bool BounceVip<TPort>(TPort port, PacketSlot slot)
        where TPort : struct, IPort => IsForVip(slot) && Bounce(port, slot);

    /// <summary>Plain, or in router-made GRE without options.</summary>
    public static bool IsForVip(in PacketSlot slot)
    {
        if (slot.Data[12] != 0x08 || slot.Data[13] != 0) return false;
        return IsVip(slot.Data + 30) || (slot.Data[23] == Frames.Gre && IsVip(slot.Data + 54));

        static bool IsVip(byte* address) => address[0] == 10 && address[1] == 1 && address[2] == 0;
    }

    public XdpState Attached() => Node.Run(() =>
    {
        using NetDevice device = NetDevice.Find(Device);
        return XdpLink.Query(device.Index);
    });

    public bool PingWorks() => Peer.Execute("ping", $"-c 2 -i 0.05 -W 2 {NodeAddress}", mayFail: true).Contains(" 0% packet loss", StringComparison.Ordinal);

    public void Dispose()
    {
        Wire.Dispose();
        Peer.Dispose();
        Node.Dispose();
    }
}

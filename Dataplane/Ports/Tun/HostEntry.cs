using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Ports.Tun;

/// <summary>
/// The way back into the host's stack for a frame that the port had already taken: written to a TUN device it arrives as if received.
/// Replies leave by the host's own routes. What the host sends into the device is lost: the control plane's routes to the VIPs lead there, so that
/// they are gone when this process is. Owner: the worker thread.
/// </summary>
internal sealed unsafe class HostEntry : IDisposable
{
    private const int EthernetBytes = 14;
    private const ushort EtherTypeIpv4 = 0x0800, EtherTypeIpv6 = 0x86DD;

    private readonly TunDevice _tun;

    private HostEntry(TunDevice tun) => _tun = tun;

    /// <summary>The control plane finds it by this name too.</summary>
    public static string NameFor(int deviceIndex) => $"rr-{deviceIndex}";

    /// <summary>A predecessor of the same name may take <paramref name="patience"/> to disappear.</summary>
    public static HostEntry Open(string name, TimeSpan patience)
    {
        TunDevice tun = OpenWhenFree(name, patience);
        try
        {
            int flags = Libc.fcntl(tun.Fd, Libc.F_GETFL, 0);
            if (flags < 0 || Libc.fcntl(tun.Fd, Libc.F_SETFL, flags | Libc.O_NONBLOCK) < 0) throw NativeException.Last($"fcntl(O_NONBLOCK, {name})");
            ForeignSources.Accept(name);
            NeverForward(name);
            return new HostEntry(tun);
        }
        catch
        {
            tun.Dispose();
            throw;
        }
    }

    /// <summary>
    /// False when the kernel does not take it now, and for anything but IPv4 and IPv6: a TUN knows no other. Checksums must be complete:
    /// those of a local sender over veth are not unless its transmit offload is off, and the stack then drops the packet.
    /// </summary>
    public bool TryWrite(in PacketSlot frame)
    {
        if (frame.Length <= EthernetBytes) return false;
        int etherType = (frame.Data[12] << 8) | frame.Data[13];
        if (etherType is not (EtherTypeIpv4 or EtherTypeIpv6)) return false;
        int skipped = EthernetBytes + (etherType == EtherTypeIpv4 ? BytesBeforeInner(frame) : 0);
        return _tun.TryWrite(new ReadOnlySpan<byte>(frame.Data + skipped, frame.Length - skipped));
    }

    /// <summary>
    /// Of GRE only the inner packet enters: it is for a VIP, and a kernel without a GRE handler would answer "protocol unreachable". The port
    /// hands over only what its worker has parsed, so the headers are there.
    /// </summary>
    private static int BytesBeforeInner(in PacketSlot frame)
    {
        Ipv4Header* ip = (Ipv4Header*)(frame.Data + EthernetBytes);
        if (frame.Length < EthernetBytes + Ipv4Header.Size || ip->Protocol != IpProtocol.Gre || ip->FragmentOffset != 0) return 0;
        GreHeader* gre = (GreHeader*)((byte*)ip + ip->HeaderLength);
        int before = ip->HeaderLength + gre->HeaderLength;
        return gre->Protocol.Raw == EtherType.Ipv4Raw && before + Ipv4Header.Size <= frame.Length - EthernetBytes ? before : 0;
    }

    public void Dispose() => _tun.Dispose();

    private static TunDevice OpenWhenFree(string name, TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return TunDevice.Open(name);
            }
            catch (NativeException e) when (e.Errno == Errno.EBUSY && Environment.TickCount64 < deadline)
            {
                _ = Libc.poll(null, 0, 10);
            }
        }
    }

    // What comes in here is for this host or for nobody: routed on, it could come back through the router for ever.
    private static void NeverForward(string name)
    {
        try
        {
            File.WriteAllText($"/proc/sys/net/ipv4/conf/{name}/forwarding", "0");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PortException($"/proc/sys/net/ipv4/conf/{name}/forwarding: {e.Message}");
        }
    }
}

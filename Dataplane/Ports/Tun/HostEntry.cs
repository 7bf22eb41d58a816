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
            EntrySettings.Apply(name);
            return new HostEntry(tun);
        }
        catch
        {
            tun.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Of a tunnel only the inner packet enters: it is for a VIP, and a kernel without a GRE handler would answer "protocol unreachable". VLAN tags
    /// stay outside too. False when the kernel does not take it now, and for anything but IPv4 and IPv6: a TUN knows no other. Checksums must be
    /// complete: those of a local sender over veth are not unless its transmit offload is off, and the stack then drops the packet.
    /// </summary>
    public bool TryWrite(in PacketSlot frame)
    {
        LinkHeader link = LinkHeader.Of(frame);
        int skipped = link.Bytes + frame.TunnelBytes, length = frame.Length - skipped;
        if (!link.IsIp || length < Ipv4Header.Size) return false;
        byte* packet = frame.Data + skipped;
        EndHere(packet);
        return _tun.TryWrite(new ReadOnlySpan<byte>(packet, length));
    }

    public void Dispose() => _tun.Dispose();

    /// <summary>
    /// The last hop: this host takes the packet or it ends here. Routed on, it could come back through the router for ever.
    /// </summary>
    private static void EndHere(byte* packet)
    {
        const int HopLimitAt = 7;
        if ((*packet & 0xF0) == 0x60)
        {
            packet[HopLimitAt] = 1;
            return;
        }

        // RFC 1624 section 3, so that a wrong checksum stays wrong.
        Ipv4Header* ip = (Ipv4Header*)packet;
        uint sum = (ushort)~ip->Checksum + (uint)(ushort)~*(ushort*)&ip->TimeToLive;
        ip->TimeToLive = 1;
        sum += *(ushort*)&ip->TimeToLive;
        sum = (sum & 0xFFFF) + (sum >> 16);
        ip->Checksum = (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }

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
}

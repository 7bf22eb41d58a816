using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>
/// From sockets to a TUN device, one packet after the other, in one buffer: works with every device and kernel. Owner of everything but
/// <see cref="Stop"/> and the counts: the thread in <see cref="Run"/>.
/// </summary>
internal sealed unsafe class SocketDecap : IDecapWay
{
    /// <summary>So many of one socket before the others get their turn.</summary>
    private const int Turn = 64;

    private readonly TunDevice _tun;
    private readonly List<TunnelReceiver> _receivers;
    private readonly DecapCounters _counters = new();
    private readonly WakeEvent _wake = new();
    private volatile bool _stopped;

    private SocketDecap(DecapOptions options, TunDevice tun, List<TunnelReceiver> receivers)
    {
        _tun = tun;
        _receivers = receivers;
        Description = $"{options.Describe()} to {tun.Name}";
    }

    public string Description { get; }

    public string Counts => _counters.ToString();

    /// <exception cref="NativeException">A socket or the device is refused.</exception>
    public static SocketDecap Open(DecapOptions options)
    {
        TunDevice tun = TunDevice.Open(options.Tun);
        List<TunnelReceiver> receivers = [];
        try
        {
            ForeignSources.Accept(tun.Name);
            Listen(options, receivers);
            return new SocketDecap(options, tun, receivers);
        }
        catch
        {
            foreach (TunnelReceiver receiver in receivers) receiver.Dispose();
            tun.Dispose();
            throw;
        }
    }

    public string? Run()
    {
        // The largest IP packet: one that the driver has merged may be that long.
        Span<byte> buffer = new byte[ushort.MaxValue];
        pollfd* waits = stackalloc pollfd[_receivers.Count + 1];
        for (int i = 0; i < _receivers.Count; i++) waits[i] = new pollfd { fd = _receivers[i].Descriptor, events = Libc.POLLIN };
        waits[_receivers.Count] = new pollfd { fd = _wake.Descriptor, events = Libc.POLLIN };
        while (!_stopped)
        {
            if (Libc.poll(waits, (nuint)(_receivers.Count + 1), timeoutMilliseconds: -1) <= 0) continue;
            for (int i = 0; i < _receivers.Count; i++)
            {
                if (waits[i].revents != 0) Drain(_receivers[i], buffer);
            }
        }

        return null;
    }

    public void Stop()
    {
        _stopped = true;
        _wake.Set();
    }

    public void Dispose()
    {
        foreach (TunnelReceiver receiver in _receivers) receiver.Dispose();
        _tun.Dispose();
        _wake.Dispose();
    }

    private void Drain(TunnelReceiver receiver, Span<byte> buffer)
    {
        for (int i = 0; i < Turn && receiver.TryReceive(buffer, out DecapReason outcome, out Range inner); i++)
        {
            if (outcome == DecapReason.Delivered && !_tun.TryWrite(buffer[inner])) outcome = DecapReason.HostFull;
            _counters.Count(outcome);
        }
    }

    private static void Listen(DecapOptions options, List<TunnelReceiver> receivers)
    {
        SourcePrefixes sources = new(options.From);
        bool[] families = HasIpv6() ? [false, true] : [false];
        foreach (bool isIpv6 in families)
        {
            if ((options.Forms & DecapForms.Gre) != 0) receivers.Add(GreReceiver.Listen(isIpv6, sources));
            if ((options.Forms & DecapForms.Ipip) != 0)
            {
                receivers.Add(IpipReceiver.Listen(isIpv6, isIpv6Inside: false, sources));
                receivers.Add(IpipReceiver.Listen(isIpv6, isIpv6Inside: true, sources));
            }

            if ((options.Forms & DecapForms.Gue) != 0) receivers.Add(GueReceiver.Listen(isIpv6, options.GuePort, sources));
        }
    }

    // A kernel without IPv6 has nothing to receive by it.
    private static bool HasIpv6() => File.Exists("/proc/net/if_inet6");
}

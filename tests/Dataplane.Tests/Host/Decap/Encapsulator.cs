using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Tun;

namespace Dataplane.Tests.Host.Decap;

/// <summary>Stands for the balancers: what a host routes into its TUN device leaves as a tunnel packet of the form that is set.</summary>
internal sealed unsafe class Encapsulator : IDisposable
{
    public const string Device = "balancer";

    private readonly TunDevice _tun;
    private readonly WakeEvent _end = new();
    private readonly Thread _thread;

    /// <summary>To be called in the network namespace of both devices.</summary>
    public Encapsulator(PacketTap wire)
    {
        _tun = TunDevice.Open(Device);
        _thread = new Thread(() => Run(wire)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Its inner family is that of each packet.</summary>
    public TunnelFrame Form { get; set; } = new(DecapForms.Gre, false, false);

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _tun.Dispose();
        _end.Dispose();
    }

    private void Run(PacketTap wire)
    {
        byte[] buffer = new byte[65536];
        pollfd* waits = stackalloc pollfd[2];
        waits[0] = new pollfd { fd = _tun.Fd, events = Libc.POLLIN };
        waits[1] = new pollfd { fd = _end.Descriptor, events = Libc.POLLIN };
        while (Libc.poll(waits, 2, -1) > 0 && waits[1].revents == 0)
        {
            int length = _tun.Read(buffer);
            if (length <= 0) continue;
            byte[] packet = buffer[..length];
            wire.Send((Form with { IsIpv6Inside = packet[0] >> 4 == 6, Contents = packet }).Build());
        }
    }
}

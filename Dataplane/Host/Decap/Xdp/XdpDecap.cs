using System.Net.NetworkInformation;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// In the driver: this process only keeps the program's maps in step with the host, reads the counts and takes the program away at the end.
/// Killed, it leaves all of it at work.
/// </summary>
internal sealed class XdpDecap : IDecapWay
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(1);

    private readonly NetDevice _device;
    private readonly DecapLock _lock;
    private readonly DecapSettings _settings;
    private readonly DecapAttachment _attachment;

    // Never disposed: the subscription to addresses outlives this.
    private readonly AutoResetEvent _news = new(initialState: false);
    private volatile bool _stopped;
    private volatile bool _hasMoved;

    private XdpDecap(NetDevice device, DecapLock held, DecapSettings settings, DecapAttachment attachment, string description)
    {
        _device = device;
        _lock = held;
        _settings = settings;
        _attachment = attachment;
        Description = description;
    }

    public string Description { get; }

    public string Counts => DecapCounts.Read(_attachment.Program.Maps.Counts).ToString();

    /// <summary>Why the slower generic XDP is used; null when it is not, or when a predecessor decided so.</summary>
    public string? WhyGeneric => _attachment.WhyGeneric;

    /// <exception cref="PortException">There is no such device, or another process serves it.</exception>
    /// <exception cref="XdpRefusedException">Device or kernel do not take the program.</exception>
    public static XdpDecap Open(DecapOptions options)
    {
        NetDevice device = NetDevice.Find(options.Device!);
        DecapLock? held = null;
        try
        {
            held = DecapLock.Take(device.Name);
            DecapSettings settings = new(options.Forms, options.GuePort);
            DecapAttachment attachment = Attach(device, settings, options);
            string how = $"{(attachment.Mode == XdpMode.Native ? "native" : "generic")} XDP{(attachment.TookOver ? ", taken over" : "")}";
            return new XdpDecap(device, held, settings, attachment, $"{options.Describe()} in {device.Name} ({how})");
        }
        catch
        {
            held?.Dispose();
            device.Dispose();
            throw;
        }
    }

    public string? Run()
    {
        void Moved(object? sender, EventArgs arguments)
        {
            _hasMoved = true;
            _news.Set();
        }

        // For good: to unsubscribe waits for the thread that listens, which nothing wakes until some address changes.
        NetworkChange.NetworkAddressChanged += Moved;
        try
        {
            // What changed between the opening and this subscription.
            _hasMoved = true;
            while (!_stopped)
            {
                if (!_attachment.IsAttached()) return $"{_device.Name}: the program is not attached any more";
                Follow();
                _news.WaitOne(_lookEvery);
            }

            _attachment.Detach();
            return null;
        }
        catch (NativeException e)
        {
            return $"{_device.Name}: {e.Message}";
        }
    }

    public void Stop()
    {
        _stopped = true;
        _news.Set();
    }

    public void Dispose()
    {
        _attachment.Dispose();
        _lock.Dispose();
        _device.Dispose();
    }

    private void Follow()
    {
        _attachment.FollowMac(_settings);
        if (!_hasMoved) return;
        _hasMoved = false;
        AddressSet.SetOwn(_attachment.Program.Maps.Addresses);
    }

    private static DecapAttachment Attach(NetDevice device, DecapSettings settings, DecapOptions options)
    {
        if (!device.IsEthernet) throw new XdpRefusedException($"{device.Name}: not an Ethernet device");
        try
        {
            return DecapAttachment.Open(device, settings, options.From);
        }
        catch (Exception e) when (e is PortException or NativeException)
        {
            bool isDenied = e is NativeException { Errno: Errno.EPERM or Errno.EACCES };
            string hint = isDenied ? " (needs root, or CAP_NET_ADMIN, CAP_BPF and CAP_PERFMON, and CAP_SYS_ADMIN to take over a program)" : "";
            throw new XdpRefusedException($"{device.Name}: {e.Message}{hint}", e);
        }
    }
}

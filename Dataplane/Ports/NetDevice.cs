using System.Text;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports;

/// <summary>A network device of this namespace, asked by ioctl. A rename is not followed: the index stays, the name was the operator's.</summary>
internal sealed unsafe class NetDevice : IDisposable
{
    public const int MacBytes = 6;

    private readonly SafeFd _control;

    private NetDevice(string name, int index, SafeFd control)
    {
        Name = name;
        Index = index;
        _control = control;
    }

    public string Name { get; }

    public int Index { get; }

    public static NetDevice Find(string name)
    {
        uint index = name.Length is > 0 and < DeviceAbi.IFNAMSIZ ? Libc.if_nametoindex(name) : 0;
        if (index == 0) throw new PortException($"no network device named '{name}'");
        return new NetDevice(name, (int)index, SafeFd.Take(Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0), "socket(AF_INET)"));
    }

    public bool IsUp => (Request(DeviceAbi.SIOCGIFFLAGS, nameof(DeviceAbi.SIOCGIFFLAGS)).ifr_flags & DeviceAbi.IFF_UP) != 0;

    public int MtuBytes => Request(DeviceAbi.SIOCGIFMTU, nameof(DeviceAbi.SIOCGIFMTU)).ifr_mtu;

    public bool IsEthernet => Request(DeviceAbi.SIOCGIFHWADDR, nameof(DeviceAbi.SIOCGIFHWADDR)).ifr_hwaddr_family == DeviceAbi.ARPHRD_ETHER;

    /// <summary>False when the device does not answer any more.</summary>
    public bool TryReadMtu(out int bytes)
    {
        ifreq request = Named(Name);
        bool answers = Libc.ioctl(_control.Number, DeviceAbi.SIOCGIFMTU, &request) >= 0;
        bytes = answers ? request.ifr_mtu : 0;
        return answers;
    }

    /// <summary>As <see cref="TryReadMtu"/>.</summary>
    public bool TryReadMac(Span<byte> mac)
    {
        ifreq request = Named(Name);
        if (Libc.ioctl(_control.Number, DeviceAbi.SIOCGIFHWADDR, &request) < 0) return false;
        new ReadOnlySpan<byte>(request.ifr_hwaddr_data, MacBytes).CopyTo(mac);
        return true;
    }

    /// <summary>Null when the device does not answer any more.</summary>
    public bool? TryReadIsUp()
    {
        ifreq request = Named(Name);
        return Libc.ioctl(_control.Number, DeviceAbi.SIOCGIFFLAGS, &request) < 0 ? null : (request.ifr_flags & DeviceAbi.IFF_UP) != 0;
    }

    public void BringUp()
    {
        ifreq request = Request(DeviceAbi.SIOCGIFFLAGS, nameof(DeviceAbi.SIOCGIFFLAGS));
        request.ifr_flags |= DeviceAbi.IFF_UP;
        if (Libc.ioctl(_control.Number, DeviceAbi.SIOCSIFFLAGS, &request) < 0) throw NativeException.Last($"ioctl(SIOCSIFFLAGS, {Name})");
    }

    /// <summary>Receive queues in use; 1 where the driver does not say.</summary>
    public int ReadReceiveQueues()
    {
        ethtool_channels channels = new() { cmd = DeviceAbi.ETHTOOL_GCHANNELS };
        ifreq request = Named(Name);
        request.ifr_data = &channels;
        if (Libc.ioctl(_control.Number, DeviceAbi.SIOCETHTOOL, &request) < 0) return 1;
        return Math.Max(1, (int)(channels.combined_count + channels.rx_count));
    }

    /// <summary>The request begins with an ETHTOOL_ command and receives the answer.</summary>
    public void Ethtool(void* request, string what)
    {
        ifreq named = Named(Name);
        named.ifr_data = request;
        if (Libc.ioctl(_control.Number, DeviceAbi.SIOCETHTOOL, &named) < 0) throw NativeException.Last($"ioctl(SIOCETHTOOL {what}, {Name})");
    }

    public void Dispose() => _control.Dispose();

    internal static ifreq Named(string name)
    {
        ifreq request = default;
        Encoding.ASCII.GetBytes(name, new Span<byte>(request.ifr_name, DeviceAbi.IFNAMSIZ - 1));
        return request;
    }

    private ifreq Request(uint command, string commandName)
    {
        ifreq request = Named(Name);
        return Libc.ioctl(_control.Number, command, &request) == 0 ? request : throw NativeException.Last($"ioctl({commandName}, {Name})");
    }
}

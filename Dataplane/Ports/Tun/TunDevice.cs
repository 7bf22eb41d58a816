using System.Text;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Tun;

/// <summary>
/// A layer-3 device whose other end is this process: what is written arrives at the host, what the host sends there is read.
/// Plain IP packets, no prefix. A device that the process made disappears with it; one that existed (<c>ip tuntap add</c>) stays.
/// </summary>
internal sealed unsafe class TunDevice : IDisposable
{
    private readonly SafeFd _fd;

    private TunDevice(string name, SafeFd fd)
    {
        Name = name;
        _fd = fd;
    }

    public string Name { get; }

    /// <summary>For poll(2); valid until <see cref="Dispose"/>.</summary>
    public int Fd => _fd.Number;

    /// <summary>Makes the device, or attaches to the persistent one of that name, and sets it up.</summary>
    public static TunDevice Open(string name)
    {
        var fd = SafeFd.Take(Libc.open("/dev/net/tun", Libc.O_RDWR | Libc.O_CLOEXEC, 0), "open /dev/net/tun");
        ifreq request = RequestFor(name);
        request.ifr_flags = DeviceAbi.IFF_TUN | DeviceAbi.IFF_NO_PI;
        if (Libc.ioctl(fd.Number, DeviceAbi.TUNSETIFF, &request) != 0)
        {
            var failure = NativeException.Last($"TUNSETIFF {name}");
            fd.Dispose();
            throw failure;
        }
        try
        {
            SetUp(name);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
        return new TunDevice(name, fd);
    }

    /// <summary>One packet to the host. False: the device is down or has no room; the packet is lost.</summary>
    public bool TryWrite(ReadOnlySpan<byte> packet)
    {
        fixed (byte* bytes = packet)
            return Libc.write(_fd.Number, bytes, (nuint)packet.Length) == packet.Length;
    }

    /// <summary>Waits for one packet of the host and returns its length; 0 or less when interrupted or gone.</summary>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
            return (int)Libc.read(_fd.Number, bytes, (nuint)buffer.Length);
    }

    public void Dispose() => _fd.Dispose();

    private static void SetUp(string name)
    {
        using var socket = SafeFd.Take(Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0), "socket");
        ifreq request = RequestFor(name);
        if (Libc.ioctl(socket.Number, DeviceAbi.SIOCGIFFLAGS, &request) != 0)
            throw NativeException.Last($"SIOCGIFFLAGS {name}");
        request.ifr_flags |= DeviceAbi.IFF_UP;
        if (Libc.ioctl(socket.Number, DeviceAbi.SIOCSIFFLAGS, &request) != 0)
            throw NativeException.Last($"SIOCSIFFLAGS {name}");
    }

    private static ifreq RequestFor(string name)
    {
        ifreq request = default;
        if (Encoding.ASCII.GetByteCount(name) >= DeviceAbi.IFNAMSIZ)
            throw new ArgumentException($"'{name}' is too long for a device name", nameof(name));
        Encoding.ASCII.GetBytes(name, new Span<byte>(request.ifr_name, DeviceAbi.IFNAMSIZ));
        return request;
    }
}

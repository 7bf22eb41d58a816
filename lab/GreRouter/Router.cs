using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Lab.GreRouter;

/// <summary>
/// Stands for the router in front of the balancers: what is routed into the TUN device leaves as GRE to one of them, chosen per flow.
/// The device's MTU leaves room for the 24 bytes, so a packet that does not fit gets its "fragmentation needed" from the kernel.
/// </summary>
internal sealed unsafe class Router : IDisposable
{
    private const int OuterBytes = 24, Ipv4Bytes = 20;
    private const byte ProtocolGre = 47, TimeToLive = 64;
    private const ushort DontFragment = 0x4000;
    private const int IPPROTO_RAW = 255; // the header is ours: IP_HDRINCL is implied

    private readonly TunDevice _tun;
    private readonly SafeFd _socket;
    private readonly BalancerList _balancers;
    private readonly byte[] _packet = new byte[OuterBytes + ushort.MaxValue];

    public Router(RouterOptions options)
    {
        _balancers = new BalancerList(options.BalancersFile);
        _tun = TunDevice.Open(options.Tun);
        _socket = SafeFd.Take(Libc.socket(Libc.AF_INET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, IPPROTO_RAW), "socket(AF_INET, SOCK_RAW)");
        // Version, header length, time to live, protocol, source and GRE's "IPv4 follows" are the same for every packet.
        _packet[0] = 0x45;
        _packet[8] = TimeToLive;
        _packet[9] = ProtocolGre;
        options.Local.TryWriteBytes(_packet.AsSpan(12), out _);
        _packet[22] = 0x08;
    }

    public void Run()
    {
        pollfd wait = new() { fd = _tun.Fd, events = Libc.POLLIN };
        while (true)
        {
            _balancers.Refresh();
            if (Libc.poll(&wait, 1, timeoutMilliseconds: 100) <= 0)
                continue;
            int length = _tun.Read(_packet.AsSpan(OuterBytes));
            if (length >= Ipv4Bytes && _packet[OuterBytes] >> 4 == 4 && _balancers.Addresses.Length > 0)
                Send(length);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _tun.Dispose();
    }

    private void Send(int innerLength)
    {
        ReadOnlySpan<byte> inner = _packet.AsSpan(OuterBytes, innerLength);
        uint[] addresses = _balancers.Addresses;
        uint balancer = addresses[FlowHash.Of(inner) % addresses.Length];
        // ECN and DSCP as on the inner header; the kernel fills identification and checksum in.
        _packet[1] = inner[1];
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), (ushort)(OuterBytes + innerLength));
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(6), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(inner[6..]) & DontFragment));
        MemoryMarshal.Write(_packet.AsSpan(16), balancer);

        sockaddr_in address = new() { sin_family = Libc.AF_INET, sin_addr = balancer };
        fixed (byte* bytes = _packet)
            _ = Libc.sendto(_socket.Number, bytes, (nuint)(OuterBytes + innerLength), 0, &address, (uint)sizeof(sockaddr_in));
    }
}

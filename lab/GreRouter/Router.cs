using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Lab.GreRouter;

/// <summary>
/// Stands for the router in front of the balancers: what is routed into the TUN device leaves as GRE to one of them, chosen per flow.
/// The device's MTU leaves room for the headers, so a packet that does not fit gets its "too big" from the kernel.
/// </summary>
internal sealed unsafe class Router : IDisposable
{
    private const int Ipv4Bytes = 20, Ipv6Bytes = 40;

    private readonly TunDevice _tun;
    private readonly OuterIpv4? _overIpv4;
    private readonly OuterIpv6? _overIpv6;
    private readonly BalancerList _balancers;
    private readonly byte[] _packet = new byte[OuterIpv6.Bytes + ushort.MaxValue];

    public Router(RouterOptions options)
    {
        _balancers = new BalancerList(options.BalancersFile);
        _tun = TunDevice.Open(options.Tun);
        _overIpv4 = options.Local is { } local ? new OuterIpv4(local) : null;
        _overIpv6 = options.Local6 is { } local6 ? new OuterIpv6(local6) : null;
    }

    /// <summary>What GRE says of the packet inside.</summary>
    public static ushort EtherTypeOf(ReadOnlySpan<byte> packet) => (ushort)(packet[0] >> 4 == 6 ? 0x86dd : 0x0800);

    public void Run()
    {
        pollfd wait = new() { fd = _tun.Fd, events = Libc.POLLIN };
        while (true)
        {
            _balancers.Refresh();
            if (Libc.poll(&wait, 1, timeoutMilliseconds: 100) <= 0) continue;
            int length = _tun.Read(_packet.AsSpan(OuterIpv6.Bytes));
            if (length >= Ipv4Bytes && _balancers.Addresses.Length > 0) Send(length);
        }
    }

    public void Dispose()
    {
        _overIpv4?.Dispose();
        _overIpv6?.Dispose();
        _tun.Dispose();
    }

    private void Send(int innerLength)
    {
        Span<byte> packet = _packet.AsSpan(0, OuterIpv6.Bytes + innerLength);
        ReadOnlySpan<byte> inner = packet[OuterIpv6.Bytes..];
        int version = inner[0] >> 4;
        if (version != 4 && (version != 6 || innerLength < Ipv6Bytes)) return;
        // What an IPv6 device sends of its own accord (router solicitations) is for nobody behind it.
        if (version == 6 && inner[24] == 0xff) return;
        uint flow = FlowHash.Of(inner);
        byte[] balancer = _balancers.Addresses[flow % _balancers.Addresses.Length];
        if (balancer.Length == 4) _overIpv4?.Send(packet, OuterIpv6.Bytes, balancer);
        else _overIpv6?.Send(packet, OuterIpv6.Bytes, balancer, flow);
    }
}

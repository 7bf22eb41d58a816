using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>
/// From a raw socket to a TUN device, one packet after the other, in one buffer. The socket being there also keeps the kernel
/// from answering GRE with "protocol unreachable". Owner of everything but <see cref="Stop"/>: the thread in <see cref="Run"/>.
/// </summary>
internal sealed unsafe class GreReceiver : IDisposable
{
    private const int ProtocolGre = 47;
    private const int ReceiveBufferBytes = 8 << 20;

    private readonly SafeFd _socket;
    private readonly TunDevice _tun;
    private readonly GreDecapsulator _decapsulator;
    private volatile bool _stopped;

    public GreReceiver(TunDevice tun, SourcePrefixes sources)
    {
        _tun = tun;
        _decapsulator = new GreDecapsulator(sources);
        _socket = SafeFd.Take(Libc.socket(Libc.AF_INET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, ProtocolGre), "socket(AF_INET, SOCK_RAW, GRE)");
        int bytes = ReceiveBufferBytes;
        _ = Libc.setsockopt(_socket.Number, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, &bytes, sizeof(int));
    }

    public DecapCounters Counters { get; } = new();

    /// <summary>Returns after <see cref="Stop"/>, within one poll.</summary>
    public void Run()
    {
        // The largest IP packet: with fragments put together, or merged by the driver, one may be that long.
        Span<byte> buffer = new byte[ushort.MaxValue];
        pollfd wait = new() { fd = _socket.Number, events = Libc.POLLIN };
        while (!_stopped)
        {
            int length;
            fixed (byte* bytes = buffer)
                length = (int)Libc.recv(_socket.Number, bytes, (nuint)buffer.Length, Libc.MSG_DONTWAIT);
            if (length > 0)
                Deliver(buffer[..length]);
            else
                _ = Libc.poll(&wait, 1, timeoutMilliseconds: 200);
        }
    }

    public void Stop() => _stopped = true;

    public void Dispose() => _socket.Dispose();

    private void Deliver(Span<byte> packet)
    {
        DecapReason outcome = _decapsulator.Decapsulate(packet, out Range inner);
        if (outcome == DecapReason.Delivered && !_tun.TryWrite(packet[inner]))
            outcome = DecapReason.HostFull;
        Counters.Count(outcome);
    }
}

using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfPacket;

internal sealed record AfPacketOptions
{
    public required string Device { get; init; }

    /// <summary>Frames that can wait for the worker: at 1 Mpps it may be away for 4 ms. Fewer where the MTU makes frames large.</summary>
    public int ReceiveFrames { get; init; } = 4096;

    /// <summary>What the kernel may hold for the wire, queueing discipline and driver together.</summary>
    public int TransmitBytes { get; init; } = 16 << 20;

    /// <summary>Null leaves those of a filter that is taken over; a new filter then starts with none.</summary>
    public VipPrefix[]? Vips { get; init; }

    /// <summary>Opens a TUN device through which the host gets what its filter keeps from it.</summary>
    public bool HostPath { get; init; } = true;

    /// <summary>Becomes readable to end a <c>Wait</c> early (an eventfd). The port never reads it: its owner does. -1: none.</summary>
    public int WakeFd { get; init; } = -1;

    /// <summary>A predecessor's TUN device may take this long to disappear.</summary>
    public TimeSpan BindPatience { get; init; } = TimeSpan.FromSeconds(2);
}

using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfXdp;

internal sealed record AfXdpOptions
{
    public required string Device { get; init; }

    public int Queue { get; init; }

    /// <summary>Frames that can wait for the worker: at 1 Mpps a worker may be away for 2 ms. A power of two.</summary>
    public int ReceiveFrames { get; init; } = 2048;

    /// <summary>Frames that can wait for the wire. A power of two.</summary>
    public int TransmitFrames { get; init; } = 2048;

    /// <summary>Null leaves those of a program that is taken over; a new program then starts with none.</summary>
    public VipPrefix[]? Vips { get; init; }

    /// <summary>Never ask the driver for zero-copy.</summary>
    public bool ForceCopy { get; init; }

    /// <summary>Opens a TUN device through which <c>TryToHost</c> reaches the host's stack.</summary>
    public bool HostPath { get; init; } = true;

    /// <summary>Becomes readable to end a <c>Wait</c> early (an eventfd). The port never reads it: its owner does. -1: none.</summary>
    public int WakeFd { get; init; } = -1;

    /// <summary>A predecessor's socket may take this long to let go of the queue.</summary>
    public TimeSpan BindPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Frames that a worker may have on loan at once besides those in the rings.</summary>
    internal const int LoanedFrames = 256;

    /// <summary>Enough for both rings to be full at once: a stuck wire never takes the receive side's chunks.</summary>
    public int FrameCount => ReceiveFrames + TransmitFrames + LoanedFrames;
}

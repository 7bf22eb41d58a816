using System.Numerics;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfXdp;

internal sealed record AfXdpOptions
{
    /// <summary>Of each queue, however many there are, if not fewer are asked for.</summary>
    private const int FewestReceiveFrames = 4096;

    public required string Device { get; init; }

    /// <summary>The first one served.</summary>
    public int Queue { get; init; }

    /// <summary>How many from there on; each has a socket and frame memory of its own. Null: all that the device has.</summary>
    public int? Queues { get; init; } = 1;

    /// <summary>
    /// Frames that can wait for their workers, of all queues together: at 0.6 Mpps through one, 109 ms. Of 2 KiB for the usual MTU, so 128 MiB. A power of two.
    /// A guest needs as many: when its host has moved its memory about, the first touch of each page costs microseconds, and the worker falls behind.
    /// </summary>
    public int ReceiveFrames { get; init; } = 65536;

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

    /// <summary>Frames of a queue that workers may have on loan at once besides those in the rings.</summary>
    public int LoanedFrames { get; init; } = 256;

    /// <summary>Of one queue: see <see cref="ForQueue"/>. Enough for both rings to be full at once: a stuck wire never takes the receive side's chunks.</summary>
    public int FrameCount => ReceiveFrames + TransmitFrames + LoanedFrames;

    /// <summary>What is asked for, for one of so many queues.</summary>
    public AfXdpOptions ForQueue(int number, int queues)
    {
        int part = (int)(BitOperations.RoundUpToPowerOf2((uint)(ReceiveFrames / queues) + 1) / 2);
        return this with { Queue = Queue + number, Queues = 1, ReceiveFrames = Math.Max(part, Math.Min(ReceiveFrames, FewestReceiveFrames)) };
    }
}

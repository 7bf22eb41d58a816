using RustyRail.Dataplane.Ports.Pcap;

namespace RustyRail.Tests.Support.Regions;

/// <summary>
/// Where RUSTYRAIL_RECORD_FRAMES names a file: a capture of every frame that tests send through the pipeline, to send the same ones
/// through a live port.
/// </summary>
internal static class FrameRecorder
{
    public const string Variable = "RUSTYRAIL_RECORD_FRAMES";

    /// <summary>Longer ones do not fit every port's buffers, and no network brings them.</summary>
    private const int MaxBytes = 1600;

    private const int MaxFrames = 50_000;

    private static readonly Lock _gate = new();
    private static readonly PcapWriter? _capture = Open();
    private static int _frames;

    public static void Record(ReadOnlySpan<byte> frame)
    {
        if (_capture is null || frame.Length > MaxBytes) return;
        lock (_gate)
        {
            if (_frames++ < MaxFrames) _capture.Write(frame, 0);
        }
    }

    private static PcapWriter? Open()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path) return null;
        PcapWriter capture = PcapWriter.Create(path);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => capture.Dispose();
        return capture;
    }
}

using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>
/// <c>bench --frames</c>: what becomes of every packet, one a line, to compare with what other programs make of the same: backend slot and
/// bytes, or a hyphen and the numbers of verdict and reason.
/// </summary>
internal static class LeavingFrames
{
    public static int Print(BenchPipeline pipeline, long packets)
    {
        using StreamWriter lines = new(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        return Print(pipeline, packets, lines);
    }

    public static int Print(BenchPipeline pipeline, long packets, TextWriter lines)
    {
        pipeline.Wire.Capture = true;
        pipeline.Wire.Repeat(packets);
        for (long done = 0; done < packets;)
        {
            int count = pipeline.Worker.Turn(RegionFile.Now), left = 0;
            for (int i = 0; i < count; i++)
            {
                PacketWork packet = pipeline.Forwarder.WorkAt(i);
                lines.WriteLine(packet.Verdict == Verdict.Forwarded
                    ? $"{packet.Backend} {Convert.ToHexString(pipeline.Wire.Transmitted[left++])}"
                    : $"- {(int)packet.Verdict} {(int)packet.Reason}");
            }

            pipeline.Wire.Transmitted.Clear();
            done += count;
        }

        return pipeline.Wire.TransmittedFrames == packets ? 0 : 1;
    }
}

using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary><c>bench --frames</c>: backend slot and bytes of every packet that leaves, one a line, to compare with what other programs make of the same.</summary>
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
            int count = pipeline.Worker.Turn(RegionFile.Now);
            for (int i = 0; i < pipeline.Wire.Transmitted.Count; i++)
            {
                lines.Write(pipeline.Forwarder.WorkAt(i).Backend);
                lines.Write(' ');
                lines.WriteLine(Convert.ToHexString(pipeline.Wire.Transmitted[i]));
            }

            pipeline.Wire.Transmitted.Clear();
            done += count;
        }

        return pipeline.Wire.TransmittedFrames == packets ? 0 : 1;
    }
}

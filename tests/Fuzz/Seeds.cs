using RustyRail.Tests.Support.Frames;

namespace RustyRail.Fuzz;

/// <summary>Cases to begin with: each class of frames under each kind of catalogue, and flows through changes. The corpus in the repository is what remained of them and of what fuzzing found.</summary>
internal static class Seeds
{
    private const int FramesEach = 8, LongestFrame = 600;

    public static IEnumerable<(string Name, byte[] Bytes)> All
    {
        get
        {
            byte[][] frames = [.. SoundFrames.All.Where(frame => frame.Length <= LongestFrame)];
            for (int i = 0; i * FramesEach < frames.Length; i++)
            {
                IEnumerable<byte> steps = frames.Skip(i * FramesEach).Take(FramesEach).SelectMany((frame, n) => FuzzStep.Write(frame, endsBatch: n % 3 == 2, pause: n % 16));
                yield return ($"frames-{i:d3}", [(byte)(i % SampleCatalogues.Count), (byte)(i % 2), .. steps]);
            }

            byte[][] longer = [.. SoundFrames.All.Where(frame => frame.Length is > 1400 and < 1600)];
            for (int i = 0; i < longer.Length; i += 8)
            {
                yield return ($"long-{i / 8:d3}", [(byte)(i / 8 % SampleCatalogues.Count), 1, .. FuzzStep.Write(longer[i], endsBatch: true), FuzzStep.WriteEvent(FuzzEvent.Again, 0)]);
            }

            foreach (int catalogue in Enumerable.Range(0, SampleCatalogues.Count)) yield return ($"changes-{catalogue:d2}", [(byte)catalogue, 1, .. Changes(frames, catalogue)]);
        }
    }

    /// <summary>The same few frames before and after each event.</summary>
    private static IEnumerable<byte> Changes(byte[][] frames, int catalogue)
    {
        foreach (FuzzEvent what in Enum.GetValues<FuzzEvent>())
        {
            for (int i = 0; i < 3; i++)
            {
                foreach (byte step in FuzzStep.Write(frames[(i * 50) + catalogue], endsBatch: i == 2, pause: (int)what)) yield return step;
            }

            yield return FuzzStep.WriteEvent(what, catalogue % 16);
        }
    }
}

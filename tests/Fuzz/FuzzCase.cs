using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Frames;
using RustyRail.Tests.Support.Reference;
using RustyRail.Tests.Support.Regions;

namespace RustyRail.Fuzz;

/// <summary>
/// Any bytes are a case: the first says which catalogue, the second whether the device has an address and whether its rings are full now and then; steps
/// follow. The case is right if no frame of it is a <see cref="Disagreement"/>.
/// </summary>
internal sealed class FuzzCase : IDisposable
{
    private const int MostFrames = 512, MostEvents = 24;

    private static readonly byte[] Mac = [2, 0, 0, 0, 0, 1];

    /// <summary>Opening a region takes longer than most cases.</summary>
    private readonly Dictionary<(int, bool), JudgedPipeline> _kept = [];

    /// <summary>Of all cases so far.</summary>
    public long Frames { get; private set; }

    public void Run(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return;
        int number = bytes[0] % SampleCatalogues.Count;
        bool hasMac = (bytes[1] & 1) != 0;
        ReadOnlySpan<byte> steps = bytes[2..];
        bool changes = HasEvents(steps);
        JudgedPipeline pipeline = changes ? Open(number, hasMac) : Kept(number, hasMac);
        uint full = (uint)(bytes[1] >> 1);
        uint turn = 0;
        pipeline.Wire.Refuses = _ => full != 0 && (full >> (int)(turn++ % 7) & 1) != 0;
        try
        {
            Run(pipeline, new ChangingCatalogue(number), steps);
        }
        finally
        {
            if (changes) pipeline.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (JudgedPipeline pipeline in _kept.Values) pipeline.Dispose();
    }

    private void Run(JudgedPipeline pipeline, ChangingCatalogue catalogue, ReadOnlySpan<byte> steps)
    {
        ReadOnlySpan<byte> last = [];
        int frames = 0, events = 0;
        while (steps.Length > 0 && frames < MostFrames)
        {
            FuzzStep step = FuzzStep.Take(ref steps);
            if (step is { IsEvent: true, What: not (int)FuzzEvent.Again })
            {
                End(pipeline, 0);
                if (events++ == MostEvents) return;
                catalogue.Apply((FuzzEvent)step.What, step.Which);
                pipeline.Publish(catalogue.ToContent());
                continue;
            }

            ReadOnlySpan<byte> frame = step.IsEvent ? last : step.Frame;
            last = frame;
            frames++;
            Span<byte> added = pipeline.Batch.Add(frame.Length, step.IsEvent ? 128 : step.Headroom, step.Tailroom);
            frame.CopyTo(added);
            if (step.IsEvent || step.Mends) Mending.Mend(added);
            if (pipeline.Batch.IsFull || step.EndsBatch) End(pipeline, step.Pause);
        }

        End(pipeline, 0);
    }

    private void End(JudgedPipeline pipeline, int pause)
    {
        Frames += pipeline.Batch.Count;
        if (pipeline.Batch.Count > 0) pipeline.Run();
        pipeline.Now += pause;
    }

    private JudgedPipeline Kept(int number, bool hasMac)
    {
        if (_kept.TryGetValue((number, hasMac), out JudgedPipeline? pipeline)) pipeline.Restart();
        else _kept[(number, hasMac)] = pipeline = Open(number, hasMac);
        pipeline.Batch.Clear();
        return pipeline;
    }

    private static JudgedPipeline Open(int number, bool hasMac) => new(SampleCatalogues.Numbered(number).ToContent(), hasMac ? Mac : [], remembersFlows: true, TestRegion.Small with { Services = 64 });

    private static bool HasEvents(ReadOnlySpan<byte> steps)
    {
        while (steps.Length > 0)
        {
            if (FuzzStep.Take(ref steps) is { IsEvent: true, What: not (int)FuzzEvent.Again }) return true;
        }

        return false;
    }
}

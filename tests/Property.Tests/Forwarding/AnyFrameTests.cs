using CsCheck;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Frames;
using RustyRail.Tests.Support.Reference;
using RustyRail.Tests.Support.Regions;

namespace Property.Tests.Forwarding;

/// <summary>Whatever arrives: no exception, no access outside the frame, and of each frame what the rules say, once.</summary>
public sealed class AnyFrameTests
{
    private const long Batches = 3_000;

    private static readonly byte[] Mac = [2, 0, 0, 0, 0, 1];

    public static TheoryData<int> Catalogues => [.. Enumerable.Range(0, SampleCatalogues.Count)];

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Every_frame_gets_the_fate_that_the_rules_say_and_leaves_once(int catalogue)
    {
        using JudgedPipeline pipeline = Open(catalogue);
        Frames.Any.Array[1, Forwarder.BatchSize].Sample(samples => Send(pipeline, samples), iter: Batches, threads: 1);
        pipeline.Counted.All();
        Assert.True(pipeline.Counted.Of(Verdict.Forwarded) + pipeline.Counted.Of(Reason.NoBackend) > pipeline.Counted.Packets / 10, "hardly any frame was sound");
    }

    [Fact]
    public void Frames_of_every_class_reach_every_reason()
    {
        HashSet<Reason> reached = [];
        for (int number = 0; number < SampleCatalogues.Count; number++)
        {
            using JudgedPipeline pipeline = Open(number);
            // All at one moment: there are more to answer than may be.
            Frames.Any.Array[Forwarder.BatchSize].Sample(samples => Send(pipeline, samples, milliseconds: 0), iter: Batches / 20, threads: 1);
            reached.UnionWith(Enum.GetValues<Reason>().Where(reason => pipeline.Counted.Of(reason) > 0));
        }

        Assert.Equal([Reason.None, Reason.TxFull, Reason.HostFull, Reason.SteerFull], Enum.GetValues<Reason>().Except(reached));
    }

    [Fact]
    public void A_ring_that_is_full_now_and_then_changes_the_reason_and_nothing_else()
    {
        Random random = new(11);
        using JudgedPipeline pipeline = Open(SampleCatalogues.Count - 1);
        pipeline.Wire.Refuses = _ => random.Next(3) == 0;
        Frames.Any.Array[1, Forwarder.BatchSize].Sample(samples => Send(pipeline, samples), iter: Batches, threads: 1);
        Assert.True(pipeline.Counted.Of(Reason.TxFull) > 0 && pipeline.Counted.Of(Reason.HostFull) > 0);
    }

    private static JudgedPipeline Open(int catalogue) => new(SampleCatalogues.Numbered(catalogue).ToContent(), Mac, remembersFlows: false);

    private static void Send(JudgedPipeline pipeline, Sample[] samples, int milliseconds = 7)
    {
        pipeline.Batch.Clear();
        foreach (Sample sample in samples)
        {
            FrameRecorder.Record(sample.Frame);
            pipeline.Batch.Add(sample.Frame, sample.Headroom, sample.Tailroom);
        }

        pipeline.Run();
        pipeline.Now += milliseconds;
    }
}

using CsCheck;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Frames;
using RustyRail.Tests.Support.Reference;

namespace Property.Tests.Forwarding;

/// <summary>
/// What becomes of a packet does not depend on its company: in a batch, alone, and by a balancer that has seen nothing before (no known match, no recent flow, no
/// entry: the slow path for all) it leaves with the same bytes.
/// </summary>
public sealed class AloneOrTogetherTests : IDisposable
{
    private const int Batches = 500;

    private static readonly byte[] Mac = [2, 0, 0, 0, 0, 1];

    private readonly Dictionary<(string, int), JudgedPipeline> _pipelines = [];
    private int _compared;

    [Fact]
    public void A_packet_leaves_the_same_in_a_batch_alone_and_to_a_balancer_without_past()
    {
        Gen.Select(Gen.Int[0, SampleCatalogues.Count - 1], Frames.Any.Array[1, 40]).Sample(Compare, iter: Batches, threads: 1);
        Assert.True(_compared > Batches * 10, $"inconclusive: only {_compared} packets were compared");
    }

    public void Dispose()
    {
        foreach (JudgedPipeline pipeline in _pipelines.Values) pipeline.Dispose();
    }

    private void Compare(int catalogue, Sample[] samples)
    {
        // Twice, so that flows are established and recent by the second time.
        Left[] together = [.. Send(Of("together", catalogue), samples), .. Send(Of("together", catalogue), samples)];
        Left[] alone = [.. samples.Concat(samples).SelectMany(sample => Send(Of("alone", catalogue), [sample]))];
        for (int i = 0; i < together.Length; i++) Same(together[i], alone[i], samples[i % samples.Length]);
        for (int i = 0; i < samples.Length; i++)
        {
            JudgedPipeline fresh = Of("fresh", catalogue);
            fresh.Restart();
            Left left = Send(fresh, [samples[i]])[0];
            // Its first, or how many answers there were, is part of the past.
            if (together[i].Role == PacketRole.LaterFragment || together[i].Reason == Reason.RateLimited) continue;
            Same(together[i], left, samples[i]);
            _compared++;
        }

        foreach (string way in new[] { "together", "alone", "fresh" }) Of(way, catalogue).Now += 11;
    }

    private static void Same(Left one, Left other, Sample sample)
    {
        if (one.Verdict == other.Verdict && one.Reason == other.Reason && one.Service == other.Service && one.Backend == other.Backend && one.Bytes.AsSpan().SequenceEqual(other.Bytes)) return;
        Assert.Fail($"{sample} leaves as\n{one}\n{other}");
    }

    private static Left[] Send(JudgedPipeline pipeline, Sample[] samples)
    {
        pipeline.Batch.Clear();
        foreach (Sample sample in samples) pipeline.Batch.Add(sample.Frame, sample.Headroom, sample.Tailroom);
        pipeline.Run();
        return [.. samples.Select((_, i) => Left.Of(pipeline, i))];
    }

    private JudgedPipeline Of(string way, int catalogue)
    {
        if (!_pipelines.TryGetValue((way, catalogue), out JudgedPipeline? pipeline))
            _pipelines[(way, catalogue)] = pipeline = new(SampleCatalogues.Numbered(catalogue).ToContent(), Mac, remembersFlows: false);
        return pipeline;
    }

    private sealed record Left(Verdict Verdict, Reason Reason, int Service, int Backend, PacketRole Role, byte[] Bytes)
    {
        public static Left Of(JudgedPipeline pipeline, int index)
        {
            PacketWork work = pipeline.Forwarder.WorkAt(index);
            bool isChosen = work.Verdict == Verdict.Forwarded;
            return new(work.Verdict, isChosen ? Reason.None : work.Reason, isChosen ? work.Service : -1, isChosen ? work.Backend : -1, work.Role, pipeline.Wire.BytesOf(index));
        }

        public override string ToString() => $"{Verdict.Name()} {Reason.Name()} of service {Service} to backend {Backend}: {Convert.ToHexString(Bytes)}";
    }
}

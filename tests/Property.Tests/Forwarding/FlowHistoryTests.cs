using CsCheck;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Fuzz;
using RustyRail.Tests.Support.Frames;
using RustyRail.Tests.Support.Reference;
using RustyRail.Tests.Support.Regions;
using static RustyRail.Tests.Support.Frames.Compose;

namespace Property.Tests.Forwarding;

/// <summary>
/// Any history of a few flows - connections that end and begin again within a batch, errors and fragments in between, steps of the clock, snapshots - goes as
/// the judge's dictionary says, which knows of no recent flows, known matches, buckets or slots.
/// </summary>
public sealed class FlowHistoryTests
{
    private const int Histories = 400, Clients = 3;

    private static readonly byte[] Mac = [2, 0, 0, 0, 0, 1];

    private static readonly Gen<int> Flags = Gen.Frequency(
        (8, Gen.Const(Acknowledge)), (2, Gen.Const(Syn)), (2, Gen.Const(Fin | Acknowledge)), (1, Gen.Const(Reset)), (1, Gen.Const(Syn | Acknowledge)), (1, Gen.Int[0, 31]));

    /// <summary>Within a step of the flow clock mostly; now and then into the next, or past what some flow may be idle.</summary>
    private static readonly Gen<int> Pause = Gen.Frequency((8, Gen.OneOf(0, 1, 3)), (3, Gen.OneOf(999, 4000)), (1, Gen.OneOf(30_000, 64_000, 68_000, 308_000, 7_444_000)));

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency((20, Gen.Const(Kind.Packet)), (2, Gen.Const(Kind.Error)), (1, Gen.Const(Kind.Fragments)), (5, Gen.Const(Kind.Batch)), (1, Gen.Const(Kind.Change))),
        Gen.Int[0, (Clients * 8) - 1],
        Flags,
        Pause,
        Gen.Select(Gen.Enum<FuzzEvent>(), Gen.Int[0, 15]),
        (kind, flow, flags, pause, change) => new Step(kind, flow, flags, pause, change.Item1, change.Item2));

    private enum Kind { Packet, Error, Fragments, Batch, Change }

    [Fact]
    public void Flows_go_as_a_dictionary_says()
    {
        ulong kept = 0, forwarded = 0;
        Gen.Select(Gen.OneOf(0, 1, 2, 9, SampleCatalogues.Count - 3, SampleCatalogues.Count - 1), Steps.Array[1, 300]).Sample(
            (catalogue, steps) =>
            {
                using JudgedPipeline pipeline = new(SampleCatalogues.Numbered(catalogue).ToContent(), Mac, remembersFlows: true, TestRegion.Small with { Services = 64 });
                new History(pipeline, new ChangingCatalogue(catalogue)).Run(steps);
                forwarded += pipeline.Counted.Of(Verdict.Forwarded);
                kept += pipeline.Kept;
            },
            iter: Histories,
            threads: 1);
        Assert.True(kept > forwarded / 500, $"inconclusive: {kept} of {forwarded} packets went elsewhere than the table says");
    }

    private sealed record Step(Kind Kind, int Flow, int Flags, int Pause, FuzzEvent Change, int Which);

    private sealed class History(JudgedPipeline pipeline, ChangingCatalogue catalogue)
    {
        private const int MostChanges = 24;

        private int _changes, _fragments;

        public void Run(Step[] steps)
        {
            foreach (Step step in steps)
            {
                if (step.Kind == Kind.Packet) Add(FlowPackets.Packet(step.Flow, step.Flags));
                else if (step.Kind == Kind.Error) Add(FlowPackets.Error(step.Flow));
                else if (step.Kind == Kind.Fragments) Array.ForEach(FlowPackets.Fragments(step.Flow, ++_fragments), Add);
                else End(step.Pause);
                if (step.Kind == Kind.Change && step.Change != FuzzEvent.Again && _changes++ < MostChanges) Change(step);
            }

            End(0);
        }

        private void Change(Step step)
        {
            catalogue.Apply(step.Change, step.Which);
            pipeline.Publish(catalogue.ToContent());
        }

        private void Add(byte[] frame)
        {
            if (pipeline.Batch.IsFull) End(0);
            pipeline.Batch.Add(frame, headroom: 128);
        }

        private void End(int pause)
        {
            if (pipeline.Batch.Count > 0) pipeline.Run();
            pipeline.Now += pause;
        }
    }
}

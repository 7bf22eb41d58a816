using CsCheck;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Regions;

namespace Property.Tests.Forwarding;

/// <summary>Whatever arrives: no exception, no access outside the frame, one verdict, and the one that the rules say.</summary>
public sealed unsafe class AnyFrameTests : IDisposable
{
    private const long Batches = 100_000;

    private readonly TestRegion _region = new();
    private readonly GuardedWire _wire = new(Forwarder.BatchSize);
    private readonly Forwarder _forwarder;
    private readonly Worker<GuardedPort> _worker;
    private readonly TestCatalogue _catalogue;
    private readonly SnapshotPublisher _publisher;
    private ReferenceJudge _judge = new(hasCatchAll: false);
    private long _now = 1_000_000_000;
    private ulong _sent;

    public AnyFrameTests()
    {
        TestCatalogue catalogue = new TestCatalogue()
            .Service("web", "10.1.0.1")
            .Service("dns", "10.1.0.1", Protocol.Udp, new(53, 53))
            .Service("net", "10.2.0.0/24", Protocol.Any, PortRange.Any, affinity: Affinity.Source)
            .Backends(3);
        catalogue.Routers.Add(System.Net.IPNetwork.Parse("192.168.137.0/24"));
        _catalogue = catalogue;
        _publisher = new SnapshotPublisher(_region.Control);
        _publisher.TryPublish(catalogue.ToContent());
        _forwarder = new Forwarder(_region.View, worker: 0, deviceMac: 0);
        _worker = new Worker<GuardedPort>(new GuardedPort(_wire), _forwarder);
    }

    [Fact]
    public void Every_frame_gets_the_verdict_that_the_rules_say_and_leaves_once()
    {
        Frames.Any.Array[1, Forwarder.BatchSize].Sample(Check, iter: Batches, threads: 1);
        WorkerCounterBlock totals = *_region.View.Counters(0);
        Assert.Equal(_sent, totals.Received);
        Assert.Equal(totals.Received, totals.Forwarded + totals.Host + totals.Answered + totals.Dropped);
        ulong reasons = 0;
        for (int i = 1; i < WorkerCounterBlock.MaxReasons; i++) reasons += totals.Reasons[i];
        Assert.Equal(totals.Received - totals.Forwarded, reasons);
        // The generator is worth something only if it reaches every reason that this pipeline knows.
        Reason[] reachable = [Reason.Runt, Reason.BadLength, Reason.BadChecksum, Reason.BadHeader, Reason.FragmentUnknown, Reason.GreUnsupported, Reason.SourceNotAllowed, Reason.NoService, Reason.TooBig, Reason.TtlExpired];
        foreach (Reason reason in reachable) Assert.True(totals.Reasons[(int)reason] > 0, $"no frame was {reason.Name()}");
        Assert.True(totals.Forwarded > totals.Received / 10, "hardly any frame was sound");
    }

    [Fact]
    public void A_catch_all_changes_the_verdict_on_routers_packets_alone()
    {
        _publisher.TryPublish(_catalogue.Service("everything", "0.0.0.0/0", Protocol.Any, PortRange.Any).ToContent());
        _judge = new ReferenceJudge(hasCatchAll: true);
        Frames.Any.Array[1, Forwarder.BatchSize].Sample(Check, iter: Batches / 10, threads: 1);
        int everything = Enumerable.Range(0, 4).First(slot => SnapshotView.Text(_forwarder.Reader.Current.ServiceNames + slot) == "everything");
        Assert.True(_region.View.ServiceCounters(0)[everything].Packets > 0);
    }

    [Fact]
    public void A_ring_that_is_full_now_and_then_changes_the_reason_and_nothing_else()
    {
        Random random = new(11);
        _wire.Refuses = _ => random.Next(3) == 0;
        Frames.Any.Array[1, Forwarder.BatchSize].Sample(
            frames =>
            {
                Send(frames);
                for (int i = 0; i < frames.Length; i++)
                {
                    Assert.NotEqual(GuardedExit.None, _wire.ExitOf(i));
                    PacketWork work = _forwarder.WorkAt(i);
                    Assert.Equal(work.Verdict == Verdict.Dropped, _wire.ExitOf(i) == GuardedExit.Released);
                    Verdict expected = _judge.Of(frames[i].Frame, frames[i].Headroom).Verdict;
                    if (work.Reason == Reason.TxFull) Assert.Equal(Verdict.Forwarded, expected);
                    else if (work.Reason == Reason.HostFull) Assert.Equal(Verdict.Host, expected);
                    else Assert.Equal(expected, work.Verdict);
                }
            },
            iter: Batches / 10,
            threads: 1);
        WorkerCounterBlock totals = *_region.View.Counters(0);
        Assert.Equal(_sent, totals.Forwarded + totals.Host + totals.Answered + totals.Dropped);
        Assert.True(totals.Reasons[(int)Reason.TxFull] > 0 && totals.Reasons[(int)Reason.HostFull] > 0);
    }

    public void Dispose()
    {
        _wire.Dispose();
        _region.Dispose();
    }

    private void Check((byte[] Frame, int Headroom)[] frames)
    {
        Send(frames);
        for (int i = 0; i < frames.Length; i++)
        {
            (byte[] frame, int headroom) = frames[i];
            PacketWork work = _forwarder.WorkAt(i);
            (Verdict verdict, Reason reason) = _judge.Of(frame, headroom);
            Assert.Equal((verdict, reason), (work.Verdict, work.Reason));
            GuardedExit exit = verdict switch { Verdict.Forwarded => GuardedExit.Transmitted, Verdict.Host => GuardedExit.ToHost, _ => GuardedExit.Released };
            Assert.Equal(exit, _wire.ExitOf(i));
            Assert.True(_wire.IsIntact(i), "written before the headroom");
            if (verdict == Verdict.Forwarded) CheckForwarded(frame, _wire.BytesOf(i));
            else Assert.Equal(frame, _wire.BytesOf(i));
        }
    }

    /// <summary>A right outer header around the very bytes that came.</summary>
    private static void CheckForwarded(byte[] received, byte[] sent)
    {
        int header = (sent[14] & 15) * 4;
        Assert.Equal(0, Rfc1071.Of(sent.AsSpan(14, header)));
        Assert.Equal(sent.Length - 14, (sent[16] << 8) | sent[17]);
        Assert.Equal(0x40, sent[20]);
        Assert.Equal(47, sent[23]);
        Assert.Equal([192, 168, 137, 188, 192, 168, 137], sent[26..33]);
        // Plain packets begin anew behind 4 bytes of GRE; a router's GRE header and all behind it is as it was.
        ReadOnlySpan<byte> kept = received[23] == 47 && sent[22] == received[22] - 1 && IsRewritten(received, sent)
            ? received.AsSpan(14 + header, sent.Length - 14 - header)
            : received.AsSpan(14, sent.Length - 14 - 24);
        Assert.True(sent.AsSpan(sent.Length - kept.Length).SequenceEqual(kept));
    }

    private static bool IsRewritten(byte[] received, byte[] sent) => sent[14] == received[14] && sent[16] == received[16] && sent[17] == received[17];

    private void Send((byte[] Frame, int Headroom)[] frames)
    {
        foreach ((byte[] frame, _) in frames) FrameRecorder.Record(frame);
        _wire.Offer(frames);
        Assert.Equal(frames.Length, _worker.Turn(_now));
        _now += 7;
        _sent += (ulong)frames.Length;
    }
}

using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Golden;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Golden;

/// <summary>
/// The table's frames with damage: nothing is read or written past a frame (that would be a crash), each frame has one verdict, and what leaves
/// has headers that somebody understands.
/// </summary>
public sealed unsafe class GoldenDamageTests : IDisposable
{
    /// <summary>For the largest tunnel; what is beyond is watched.</summary>
    private const int Headroom = 128;

    private static readonly byte[] _flips = [0xFF, 0x01, 0x80, 0x10];

    private readonly GuardedWire _wire = new(Forwarder.BatchSize);
    private readonly TestRegion _region = new(GoldenNetwork.Capacities);
    private readonly List<(byte[] Frame, int Headroom)> _batch = [];
    private Forwarder? _forwarder;
    private Worker<GuardedPort>? _worker;
    private CatalogueSpec _spec = CatalogueSpec.Empty;
    private long _now = 1_000_000_000;
    private ulong _sent;

    public static TheoryData<string> Catalogues => [.. GoldenTable.Catalogues.Select(catalogue => catalogue.Name)];

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Each_byte_flipped_in_turn(string name)
    {
        foreach (byte[] frame in Open(name))
        {
            for (int at = 0; at < frame.Length; at++)
            {
                foreach (byte flip in _flips)
                {
                    byte[] damaged = [.. frame];
                    damaged[at] ^= flip;
                    Offer(damaged);
                }
            }
        }

        Close();
    }

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Cut_off_at_each_byte(string name)
    {
        foreach (byte[] frame in Open(name))
        {
            for (int length = 1; length <= frame.Length; length++) Offer(frame[..length]);
        }

        Close();
    }

    public void Dispose()
    {
        _wire.Dispose();
        _region.Dispose();
    }

    private IEnumerable<byte[]> Open(string name)
    {
        GoldenCatalogue catalogue = GoldenTable.Catalogues.Single(one => one.Name == name);
        _spec = GoldenNetwork.Parse(catalogue);
        Assert.True(new SnapshotPublisher(_region.Control).TryPublish(GoldenNetwork.ContentOf(catalogue)));
        _forwarder = new Forwarder(_region.View, worker: 0, GoldenNetwork.DeviceMac);
        _worker = new Worker<GuardedPort>(new GuardedPort(_wire), _forwarder);
        return GoldenTable.Of(catalogue).SelectMany(one => one.Frames).Select(frame => frame.Input);
    }

    private void Offer(byte[] frame)
    {
        _batch.Add((frame, Headroom));
        if (_batch.Count == Forwarder.BatchSize) Send();
    }

    private void Close()
    {
        Send();
        WorkerCounterBlock totals = *_region.View.Counters(0);
        Assert.Equal(_sent, totals.Received);
        Assert.Equal(_sent, totals.Forwarded + totals.Host + totals.Answered + totals.Dropped);
        ulong reasons = 0;
        for (int i = 0; i < WorkerCounterBlock.MaxReasons; i++) reasons += totals.Reasons[i];
        Assert.Equal(_sent - totals.Forwarded, reasons);
        Assert.True(totals.Forwarded > 0 || totals.Reasons[(int)Reason.NoBackend] > 0, "no frame was whole enough to be forwarded");
    }

    private void Send()
    {
        if (_batch.Count == 0) return;
        _wire.Offer(_batch);
        Assert.Equal(_batch.Count, _worker!.Turn(_now));
        _sent += (ulong)_batch.Count;
        // Too big is answered a thousand times a second: each batch has its own.
        _now += 1000;
        for (int i = 0; i < _batch.Count; i++) Check(_batch[i].Frame, _forwarder!.WorkAt(i), _wire.ExitOf(i), i);
        _batch.Clear();
    }

    private void Check(byte[] frame, in PacketWork work, GuardedExit exit, int index)
    {
        GuardedExit expected = work.Verdict switch { Verdict.Forwarded or Verdict.Answered => GuardedExit.Transmitted, Verdict.Host => GuardedExit.ToHost, _ => GuardedExit.Released };
        string? problem = expected != exit ? $"{work.Verdict} and {exit}" : _wire.IsIntact(index) ? null : "written before the headroom";
        if (exit == GuardedExit.ToHost && !_wire.BytesOf(index).AsSpan().SequenceEqual(frame)) problem = "the host's frame was changed";
        if (exit == GuardedExit.Transmitted) problem ??= OuterHeaders.Problem(_wire.BytesOf(index), work.Verdict == Verdict.Forwarded ? FormOf(work.Service) : null);
        if (problem == null) return;
        string left = _wire.BytesOf(index) is { } bytes ? Convert.ToHexString(bytes) : "";
        Assert.Fail($"{work.Verdict} {work.Reason}: {problem}\n  came {Convert.ToHexString(frame)}\n  left {left}");
    }

    private string FormOf(int service)
    {
        string name = SnapshotView.Text(_forwarder!.Reader.Current.ServiceNames + service);
        return SpecificationWords.SendForms.WordOf(_spec.Services.Single(one => one.Key.Name == name).Value.Send);
    }
}

using System.Buffers.Binary;

namespace RustyRail.Tests.Support.Ports;

/// <summary>
/// Packets numbered flow by flow, in random order of flows, which are held to their numbers where they leave. Beside them go packets that belong to no flow.
/// Owner: one thread.
/// </summary>
internal sealed class NumberedFlows
{
    /// <summary>At the end of a flow's frames: a mark, the flow, the number.</summary>
    public const int TrailerBytes = 16;

    private const uint Mark = 0x5EED_F10E;
    private const int OddEvery = 16;

    private readonly List<(byte[][] Frames, ulong Sent, ulong Left)> _flows = [];
    private readonly List<(byte[] Frame, long Sent)> _odd = [];
    private ulong _random = 1;

    /// <summary>Of the flows' packets that have left, how many had a smaller number than the flow's one before.</summary>
    public int Reordered { get; private set; }

    /// <summary>Flows' packets that have left.</summary>
    public long Left { get; private set; }

    /// <summary>The frames are sent in turn; each ends with <see cref="TrailerBytes"/> of payload.</summary>
    public void AddFlow(params byte[][] frames) => _flows.Add((frames, 0, 0));

    /// <summary>One of those is sent instead of a flow's now and then.</summary>
    public void AddOdd(byte[] frame) => _odd.Add((frame, 0));

    /// <param name="number">In the order in which they were added.</param>
    public long OddSent(int number) => _odd[number].Sent;

    /// <summary>Valid until the next call.</summary>
    public byte[] Next()
    {
        if (_odd.Count > 0 && Random(OddEvery) == 0)
        {
            int odd = Random(_odd.Count);
            _odd[odd] = (_odd[odd].Frame, _odd[odd].Sent + 1);
            return _odd[odd].Frame;
        }

        int flow = Random(_flows.Count);
        (byte[][] frames, ulong sent, ulong left) = _flows[flow];
        _flows[flow] = (frames, sent + 1, left);
        byte[] frame = frames[sent % (ulong)frames.Length];
        Span<byte> trailer = frame.AsSpan(frame.Length - TrailerBytes);
        BinaryPrimitives.WriteUInt32BigEndian(trailer, Mark);
        BinaryPrimitives.WriteInt32BigEndian(trailer[4..], flow);
        BinaryPrimitives.WriteUInt64BigEndian(trailer[8..], sent + 1);
        return frame;
    }

    /// <summary>A frame that has left. False: it is no flow's.</summary>
    public bool TryCheck(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < TrailerBytes) return false;
        ReadOnlySpan<byte> trailer = frame[^TrailerBytes..];
        if (BinaryPrimitives.ReadUInt32BigEndian(trailer) != Mark) return false;
        int flow = BinaryPrimitives.ReadInt32BigEndian(trailer[4..]);
        ulong number = BinaryPrimitives.ReadUInt64BigEndian(trailer[8..]);
        (byte[][] frames, ulong sent, ulong left) = _flows[flow];
        if (number <= left) Reordered++;
        _flows[flow] = (frames, sent, number);
        Left++;
        return true;
    }

    /// <summary>One step of a 64-bit congruential generator.</summary>
    public int Random(int below)
    {
        _random = (_random * 6364136223846793005) + 1442695040888963407;
        return (int)(((_random >> 32) * (ulong)below) >> 32);
    }
}

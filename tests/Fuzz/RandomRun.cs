using System.Diagnostics;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Frames;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Reference;

namespace RustyRail.Fuzz;

/// <summary>Frames of every class, changed, cut, spliced or made of nothing, as many as are asked for, each held to the rules. Fast: no coverage, no allocation for a frame.</summary>
internal sealed class RandomRun(ulong seed)
{
    private const int BatchesEach = 4096, BatchesToPrune = 256;

    private static readonly byte[] Mac = [2, 0, 0, 0, 0, 1];
    private static readonly int[] Headrooms = [0, 19, 20, 24, 32, 44, 50, 70], Tailrooms = [0, 0, 3, 24, 64];

    private readonly ulong[] _verdicts = new ulong[4], _reasons = new ulong[ReasonNames.Count];
    private readonly byte[] _junk = new byte[GuardedBuffers.MaxFrameBytes];
    private ulong _state = seed | 1;

    public void Run(long packets)
    {
        long started = Stopwatch.GetTimestamp(), sent = 0;
        for (int round = (int)(seed % 1000); sent < packets; round++) sent += Round(round, packets - sent);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{sent} packets in {seconds:F1} s, {sent / seconds:F0} a second, seed {seed}: no crash, no read past a frame, no disagreement");
        foreach (Verdict verdict in Enum.GetValues<Verdict>()) Console.WriteLine($"  {verdict.Name(),-18} {_verdicts[(int)verdict],12}");
        for (int reason = 1; reason < _reasons.Length; reason++) Console.WriteLine($"    {((Reason)reason).Name(),-16} {_reasons[reason],12}");
    }

    private long Round(int number, long most)
    {
        bool hasMac = number % 3 != 0, isFull = number % 7 == 0;
        using JudgedPipeline pipeline = new(SampleCatalogues.Numbered(number % SampleCatalogues.Count).ToContent(), hasMac ? Mac : [], remembersFlows: false);
        if (isFull) pipeline.Wire.Refuses = _ => Below(16) == 0;
        for (int batch = 0; batch < BatchesEach && (long)pipeline.Counted.Packets < most; batch++)
        {
            int count = Below(4) != 0 ? Forwarder.BatchSize : 1 + Below(Forwarder.BatchSize);
            for (int i = 0; i < count; i++) AddFrame(pipeline.Batch);
            pipeline.Run();
            pipeline.Now += Below(200) == 0 ? Below(8_000) : Below(3);
            if (batch % BatchesToPrune == 0) pipeline.Prune();
        }

        pipeline.Counted.All();
        for (int i = 0; i < _verdicts.Length; i++) _verdicts[i] += pipeline.Counted.Of((Verdict)i);
        for (int i = 0; i < _reasons.Length; i++) _reasons[i] += pipeline.Counted.Of((Reason)i);
        return (long)pipeline.Counted.Packets;
    }

    private void AddFrame(FrameBatch batch)
    {
        ReadOnlySpan<byte> sound = Sound();
        (int head, int tail) = Below(10) != 0 ? (128, 0) : (Headrooms[Below(Headrooms.Length)], Tailrooms[Below(Tailrooms.Length)]);
        FrameDamage damage = new(Below(8) == 0 ? Below(150) : int.MaxValue, Below(8) == 0 ? 1 + Below(40) : 0, Mends: Below(4) != 0);
        Span<byte> frame = batch.Add(damage.LengthOf(sound), head, tail);
        damage.Begin(sound, frame);
        for (int changes = Below(2) == 0 ? 0 : 1 + Below(3); changes > 0; changes--) Change(frame);
        damage.End(frame);
    }

    /// <summary>Mostly one of the sound frames; now and then the head of one before the tail of another, or noise.</summary>
    private ReadOnlySpan<byte> Sound()
    {
        byte[] one = SoundFrames.All[Below(SoundFrames.All.Length)];
        int kind = Below(64);
        if (kind > 4) return one;
        if (kind > 0)
        {
            byte[] other = SoundFrames.All[Below(SoundFrames.All.Length)];
            int head = Below(Math.Min(one.Length, 120)), from = Below(Math.Min(other.Length, 120));
            one.AsSpan(0, head).CopyTo(_junk);
            other.AsSpan(from).CopyTo(_junk.AsSpan(head));
            return _junk.AsSpan(0, head + other.Length - from);
        }

        Span<byte> noise = _junk.AsSpan(0, Below(200));
        for (int i = 0; i < noise.Length; i++) noise[i] = (byte)Next();
        return noise;
    }

    private void Change(Span<byte> frame)
    {
        if (frame.Length == 0) return;
        int at = Below(3) == 0 ? Below(Math.Min(frame.Length, 150)) : Math.Min(12 + Below(64), frame.Length - 1);
        ReadOnlySpan<byte> telling = FrameDamage.Telling;
        frame[at] = Below(3) switch
        {
            0 => (byte)Next(),
            1 => telling[Below(telling.Length)],
            _ => (byte)(frame[at] ^ (1 << Below(8))),
        };
    }

    /// <summary>xorshift64* (Vigna).</summary>
    private uint Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (uint)((_state * 0x2545_F491_4F6C_DD1D) >> 32);
    }

    private int Below(int bound) => (int)(((ulong)Next() * (uint)bound) >> 32);
}

using CsCheck;
using RustyRail.Tests.Support.Frames;

namespace Property.Tests.Forwarding;

/// <summary>Frames of every class, whole or damaged, and the room that their buffers have.</summary>
internal static class Frames
{
    private static readonly Gen<byte> Value = Gen.OneOf(Gen.Byte, Gen.OneOf(FrameDamage.Telling.ToArray()));

    private static readonly Gen<(int At, byte Value)> Change = Gen.Select(Gen.OneOf(Gen.Int[12, 60], Gen.Int[0, 150]), Value);

    private static readonly Gen<FrameDamage> Damage = Gen.Select(
        Gen.Frequency((6, Gen.Const(int.MaxValue)), (1, Gen.Int[0, 150])), Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[1, 40])), Gen.Bool, (cut, more, mends) => new FrameDamage(cut, more, mends));

    private static readonly Gen<byte[]> Frame = Gen.Frequency(
        (30, Gen.Select(Gen.Int[0, SoundFrames.All.Length - 1], Gen.Frequency((1, Change.Array[0]), (1, Change.Array[1, 3])), Damage, (which, changes, damage) => Apply(SoundFrames.All[which], changes, damage))),
        (1, Gen.Byte.Array[0, 200]));

    /// <summary>Mostly enough for any form; now and then exactly so much as some form needs, or nothing.</summary>
    private static readonly Gen<(int Head, int Tail)> Room = Gen.Frequency(
        (8, Gen.Const((128, 0))), (1, Gen.Select(Gen.OneOf(0, 19, 20, 24, 32, 44, 50, 70), Gen.OneOf(0, 0, 3, 24, 64))));

    public static Gen<Sample> Any { get; } = Gen.Select(Frame, Room, (frame, room) => new Sample(frame, room.Head, room.Tail));

    private static byte[] Apply(byte[] sound, (int At, byte Value)[] changes, FrameDamage damage)
    {
        byte[] frame = new byte[damage.LengthOf(sound)];
        damage.Begin(sound, frame);
        foreach ((int at, byte value) in changes)
        {
            if (at < frame.Length) frame[at] = value;
        }

        damage.End(frame);
        return frame;
    }
}

internal sealed record Sample(byte[] Frame, int Headroom, int Tailroom)
{
    public override string ToString() => $"{Convert.ToHexString(Frame)} ({Headroom} before, {Tailroom} behind)";
}

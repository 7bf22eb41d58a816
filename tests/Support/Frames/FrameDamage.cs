namespace RustyRail.Tests.Support.Frames;

/// <summary>What may happen to a frame: changed bytes, a cut end, a longer end; and checksums made right again over all that.</summary>
/// <param name="Cut">What remains of it, at most.</param>
/// <param name="More">Bytes behind it.</param>
internal readonly record struct FrameDamage(int Cut, int More, bool Mends)
{
    /// <summary>Values that mean something somewhere.</summary>
    public static ReadOnlySpan<byte> Telling => [0, 1, 2, 3, 4, 5, 6, 8, 11, 16, 17, 20, 41, 43, 44, 45, 47, 51, 58, 59, 60, 64, 69, 70, 79, 96, 128, 129, 135, 200, 224, 255];

    public int LengthOf(ReadOnlySpan<byte> sound) => Math.Min(Cut, sound.Length) + More;

    /// <param name="into">Of <see cref="LengthOf"/> bytes; changes and <see cref="End"/> follow.</param>
    public void Begin(ReadOnlySpan<byte> sound, Span<byte> into)
    {
        sound[..Math.Min(Cut, sound.Length)].CopyTo(into);
        into[Math.Min(Cut, sound.Length)..].Clear();
    }

    public void End(Span<byte> frame)
    {
        if (Mends) Mending.Mend(frame);
    }
}

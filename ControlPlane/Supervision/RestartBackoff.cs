namespace RustyRail.ControlPlane.Supervision;

/// <summary>How long to wait before the next start: not at all after a long life, longer after each short one.</summary>
internal sealed class RestartBackoff
{
    private static readonly TimeSpan LongLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = TimeSpan.Zero;

    public TimeSpan After(TimeSpan life)
    {
        TimeSpan wait = life >= LongLife ? TimeSpan.Zero : _next;
        _next = wait == TimeSpan.Zero ? First : wait * 2 < Longest ? wait * 2 : Longest;
        return wait;
    }
}

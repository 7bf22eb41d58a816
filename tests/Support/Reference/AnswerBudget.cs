namespace RustyRail.Tests.Support.Reference;

/// <summary>A thousand answers a second, after a quiet time fifty at once.</summary>
internal sealed class AnswerBudget
{
    private const int AtOnce = 50;

    private long _left = AtOnce, _filledAt;

    /// <param name="now">Milliseconds: one more for each.</param>
    public bool TryTake(long now)
    {
        _left = Math.Min(AtOnce, _left + now - _filledAt);
        _filledAt = now;
        if (_left == 0) return false;
        _left--;
        return true;
    }
}

namespace RustyRail.Actors;

/// <summary>
/// Turns bursts into steps: the first change of a quiet period passes at once, those that follow pass together when the window ends.
/// The owner keeps the timer; it starts one each time a method here says so.
/// </summary>
internal sealed class CoalescingWindow
{
    private bool _open;
    private bool _changed;

    /// <summary>Something changed. True: act now and start the timer.</summary>
    public bool TryPass()
    {
        if (_open)
        {
            _changed = true;
            return false;
        }

        _open = true;
        return true;
    }

    /// <summary>The timer rang. True: act for what came meanwhile and start the timer again.</summary>
    public bool TryPassAtEnd()
    {
        _open = _changed;
        _changed = false;
        return _open;
    }

    /// <summary>Opens the window with nothing passed: the first change waits for its end. Start the timer.</summary>
    public void Hold() => _open = true;
}

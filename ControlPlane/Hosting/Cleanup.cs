namespace RustyRail.ControlPlane.Hosting;

/// <summary>What a start has made so far, undone in reverse: all of it at the end, and what should not stay behind when the start fails.</summary>
internal sealed class Cleanup : IAsyncDisposable
{
    private readonly Stack<(Func<ValueTask> Undo, bool OnlyAfterFailure)> _steps = new();
    private bool _started;

    /// <summary>From here on, what was made for good stays.</summary>
    public void Started() => _started = true;

    public void Then(Action undo) => _steps.Push((() => { undo(); return ValueTask.CompletedTask; }, false));

    public void ThenAsync(Func<ValueTask> undo) => _steps.Push((undo, false));

    public void AfterFailure(Action undo) => _steps.Push((() => { undo(); return ValueTask.CompletedTask; }, true));

    public async ValueTask DisposeAsync()
    {
        while (_steps.TryPop(out (Func<ValueTask> Undo, bool OnlyAfterFailure) step))
        {
            if (!step.OnlyAfterFailure || !_started) await step.Undo();
        }
    }
}

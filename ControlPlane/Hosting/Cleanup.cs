namespace RustyRail.ControlPlane.Hosting;

/// <summary>What a start has made so far, undone in reverse: all of it at the end, and what should not stay behind when the start fails.</summary>
internal sealed class Cleanup : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _steps = new();

    /// <summary>True once the start has succeeded: what was made for good stays from then on.</summary>
    public bool Started { get; set; }

    public void Then(Action undo) => _steps.Push(() =>
    {
        undo();
        return ValueTask.CompletedTask;
    });

    public void ThenAsync(Func<ValueTask> undo) => _steps.Push(undo);

    public void AfterFailure(Action undo) => Then(() =>
    {
        if (!Started) undo();
    });

    public async ValueTask DisposeAsync()
    {
        while (_steps.TryPop(out Func<ValueTask>? step)) await step();
    }
}

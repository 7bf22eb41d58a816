namespace RustyRail.Actors.Hosting;

/// <summary>A gate that incarnations wait at: closed while the node is to stay out of its cluster.</summary>
internal sealed class HeldBack
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _closed;

    public bool IsClosed
    {
        get
        {
            lock (_lock) return _closed is not null;
        }
    }

    public void Close()
    {
        lock (_lock) _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Open()
    {
        lock (_lock)
        {
            _closed?.SetResult();
            _closed = null;
        }
    }

    /// <summary>At once where it is open; never throws.</summary>
    public async Task PassAsync(CancellationToken stopping)
    {
        Task opened;
        lock (_lock) opened = _closed?.Task ?? Task.CompletedTask;
        await opened.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

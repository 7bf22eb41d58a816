namespace RustyRail.Dataplane.Host.Run;

/// <summary>A worker on a thread of its own.</summary>
/// <param name="run">The worker's whole life.</param>
internal sealed class WorkerThread(int number, Action run, Action stop)
{
    private Thread? _thread;

    /// <param name="processor">Null: wherever the scheduler wants it.</param>
    /// <param name="onEnd">Called on the worker's thread when it has ended, whatever the cause.</param>
    public void Start(int? processor, Action onEnd)
    {
        _thread = new Thread(() =>
        {
            if (processor is { } own && !Processors.TryBind(own)) PortRequest.Warn($"worker {number} cannot be bound to processor {own}");
            run();
            onEnd();
        })
        { Name = $"worker {number}", IsBackground = true };
        _thread.Start();
    }

    public void Stop() => stop();

    public void Join() => _thread?.Join();
}

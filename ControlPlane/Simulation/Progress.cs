namespace RustyRail.ControlPlane.Simulation;

/// <summary>How far the whole run is; told from any thread, read by whoever shows it.</summary>
internal sealed class Progress(long total)
{
    private long _done;

    public long Total => total;

    public long Done => Volatile.Read(ref _done);

    public string Step { get; set; } = "";

    public void Add(long done) => Interlocked.Add(ref _done, done);
}

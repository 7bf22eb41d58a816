using System.Diagnostics;
using Netns.Tests.Lab;

namespace Netns.Tests.Traffic;

/// <summary>Request after request from client1, until told to stop; several at a time, so that waiting ones leave no gap.</summary>
internal sealed class Prober : IDisposable
{
    private readonly List<HttpRequest> _requests = [];
    private readonly Task<bool>[] _running;
    private volatile bool _stopped;

    /// <param name="patienceMilliseconds">For the connection, and again for the answer.</param>
    public Prober(int patienceMilliseconds, int atATime = 1)
    {
        _running = new Task<bool>[atATime];
        for (int i = 0; i < atATime; i++)
            _running[i] = TestBed.StartInside("client1", () => Run(patienceMilliseconds));
    }

    public int Count
    {
        get
        {
            lock (_requests)
                return _requests.Count;
        }
    }

    /// <summary>All that began since <paramref name="timestamp"/> and have ended by now, in the order of their ends.</summary>
    public IReadOnlyList<HttpRequest> Since(long timestamp)
    {
        lock (_requests)
            return [.. _requests.Where(request => request.Started >= timestamp)];
    }

    public IReadOnlyList<HttpRequest> Stop()
    {
        _stopped = true;
        Task.WaitAll(_running);
        return Since(0);
    }

    public void Dispose() => Stop();

    private bool Run(int patienceMilliseconds)
    {
        while (!_stopped)
        {
            HttpRequest request = HttpRequest.Get(null, 0, patienceMilliseconds, patienceMilliseconds);
            lock (_requests)
                _requests.Add(request);
        }
        return true;
    }
}

using System.Diagnostics;
using Netns.Tests.Lab;

namespace Netns.Tests.Traffic;

/// <summary>Request after request from client1 with a short patience, until told to stop.</summary>
internal sealed class Prober : IDisposable
{
    private readonly List<HttpRequest> _requests = [];
    private readonly Task<bool> _running;
    private volatile bool _stopped;

    public Prober(int connectMilliseconds, int answerMilliseconds) =>
        _running = TestBed.StartInside("client1", () => Run(connectMilliseconds, answerMilliseconds));

    public int Count
    {
        get
        {
            lock (_requests)
                return _requests.Count;
        }
    }

    /// <summary>Everything since <paramref name="timestamp"/> that has ended by now.</summary>
    public IReadOnlyList<HttpRequest> Since(long timestamp)
    {
        lock (_requests)
            return [.. _requests.Where(request => request.Started >= timestamp)];
    }

    /// <summary>When the last failure was noticed, counted from <paramref name="timestamp"/>; zero without any.</summary>
    public TimeSpan LastFailureAfter(long timestamp)
    {
        HttpRequest? last = Since(timestamp).LastOrDefault(request => !request.Answered);
        return last is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(timestamp, last.Ended);
    }

    public IReadOnlyList<HttpRequest> Stop()
    {
        _stopped = true;
        _running.Wait();
        return Since(0);
    }

    public void Dispose() => Stop();

    private bool Run(int connectMilliseconds, int answerMilliseconds)
    {
        while (!_stopped)
        {
            HttpRequest request = HttpRequest.Get(null, 0, connectMilliseconds, answerMilliseconds);
            lock (_requests)
                _requests.Add(request);
        }
        return true;
    }
}

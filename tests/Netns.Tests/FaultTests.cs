using System.Diagnostics;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>A web server fails while requests come in all the time. The lab probes with fall 2, interval 500 ms, timeout 300 ms.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Fall = 2, IntervalMilliseconds = 500, TimeoutMilliseconds = 300;
    private static readonly TimeSpan _bound = TimeSpan.FromMilliseconds(Fall * (IntervalMilliseconds + TimeoutMilliseconds) + 120);

    // A lost SYN is sent again after a second; what has no answer by then hit the silent server, however busy this machine is.
    private const int SurelyLostMilliseconds = 900;

    // A client gives up after this; so a request that is sent just before the table changes fails within the 120 ms.
    private static readonly TimeSpan _clientPatience = TimeSpan.FromMilliseconds(100);

    [SkippableFact]
    public void A_refused_web_server_fails_no_request_after_the_bound_and_comes_back_by_itself()
    {
        using TestBed bed = TestBed.Up("2");
        using var prober = new Prober(patienceMilliseconds: 3000);
        Measure("refused", prober, () => TestBed.Lab("web", "stop", "server1").OrFail(), () => TestBed.Lab("web", "start", "server1").OrFail(), request => request.Ended);
    }

    [SkippableFact]
    public void A_silent_web_server_fails_no_request_after_the_bound_and_comes_back_by_itself()
    {
        using TestBed bed = TestBed.Up("2");
        using var prober = new Prober(SurelyLostMilliseconds, atATime: 16);
        Measure("silent", prober, () => TestBed.Lab("web", "silence", "server1").OrFail(), () => TestBed.Lab("web", "heal", "server1").OrFail(),
            request => request.Started + (long)(_clientPatience.TotalSeconds * Stopwatch.Frequency));
    }

    private void Measure(string fault, Prober prober, Action begin, Action end, Func<HttpRequest, long> noticed)
    {
        Eventually.Holds("both servers answer", TimeSpan.FromSeconds(10), () => prober.Since(0).Select(request => request.Body).Distinct().Count() == 2);
        Assert.All(prober.Since(0), request => Assert.True(request.Answered, request.Failure));

        long begun = Stopwatch.GetTimestamp();
        begin();
        Eventually.Holds("requests fail at first", TimeSpan.FromSeconds(5), () => prober.Since(begun).Any(request => !request.Answered));
        Eventually.Holds("the time beyond the bound", TimeSpan.FromSeconds(30), () => Stopwatch.GetElapsedTime(begun) > _bound + TimeSpan.FromSeconds(2));
        HttpRequest[] failed = [.. prober.Since(begun).Where(request => !request.Answered)];
        TimeSpan last = Stopwatch.GetElapsedTime(begun, failed.Max(noticed));

        long healed = Stopwatch.GetTimestamp();
        end();
        Eventually.Holds("server1 answers again", TimeSpan.FromSeconds(10), () => prober.Since(healed).Any(request => request.Body == "server1"));
        TimeSpan back = Stopwatch.GetElapsedTime(healed, prober.Since(healed).First(request => request.Body == "server1").Ended);
        prober.Stop();

        output.WriteLine($"measured: server1 {fault}: last failure after {last.TotalMilliseconds:0} ms (bound {_bound.TotalMilliseconds:0} ms), {failed.Length} failed, back after {back.TotalMilliseconds:0} ms");
        Assert.True(last <= _bound, $"a request failed {last.TotalMilliseconds:0} ms after the fault; the bound is {_bound.TotalMilliseconds:0} ms");
        Assert.All(prober.Since(healed), request => Assert.True(request.Answered, request.Failure));
    }
}

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

    [SkippableFact]
    public void A_refused_web_server_fails_no_request_after_the_bound_and_comes_back_by_itself() =>
        Fail("refused", () => TestBed.Lab("web", "stop", "server1").OrFail(), () => TestBed.Lab("web", "start", "server1").OrFail());

    [SkippableFact]
    public void A_silent_web_server_fails_no_request_after_the_bound_and_comes_back_by_itself() =>
        Fail("silent", () => TestBed.Lab("web", "silence", "server1").OrFail(), () => TestBed.Lab("web", "heal", "server1").OrFail());

    private void Fail(string fault, Action begin, Action end)
    {
        using TestBed bed = TestBed.Up("2");
        // A patience of 100 ms, so that a request sent just before the table changes has failed within the 120 ms.
        using var prober = new Prober(connectMilliseconds: 100, answerMilliseconds: 100);
        Eventually.Holds("both servers answer", TimeSpan.FromSeconds(10), () => prober.Since(0).Select(request => request.Body).Distinct().Count() == 2);
        Assert.All(prober.Since(0), request => Assert.True(request.Answered, request.Failure));

        long fault0 = Stopwatch.GetTimestamp();
        begin();
        Eventually.Holds("requests fail at first", TimeSpan.FromSeconds(2), () => prober.LastFailureAfter(fault0) > TimeSpan.Zero);
        Eventually.Holds("a second passes beyond the bound", TimeSpan.FromSeconds(30), () => Stopwatch.GetElapsedTime(fault0) > _bound + TimeSpan.FromSeconds(1));
        TimeSpan last = prober.LastFailureAfter(fault0);
        int failed = prober.Since(fault0).Count(request => !request.Answered);

        long healed = Stopwatch.GetTimestamp();
        end();
        Eventually.Holds("server1 answers again", TimeSpan.FromSeconds(10), () => prober.Since(healed).Any(request => request.Body == "server1"));
        TimeSpan back = Stopwatch.GetElapsedTime(healed);
        prober.Stop();

        output.WriteLine($"measured: server1 {fault}: last failure after {last.TotalMilliseconds:0} ms (bound {_bound.TotalMilliseconds:0} ms), {failed} failed, back after {back.TotalMilliseconds:0} ms");
        Assert.True(last <= _bound, $"a request failed {last.TotalMilliseconds:0} ms after the fault; the bound is {_bound.TotalMilliseconds:0} ms");
        Assert.DoesNotContain(prober.Since(healed), request => !request.Answered);
    }
}

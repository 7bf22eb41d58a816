using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Regions;

namespace RustyRail.Tests.Support.Golden;

/// <summary>The pipeline with a catalogue of the table, and cases sent through it: frames together on memory, a case by itself on a live port where tests have one.</summary>
internal sealed class GoldenBalancer : IDisposable
{
    private readonly TestBalancer _balancer = new(GoldenNetwork.Capacities, GoldenNetwork.DeviceMac);

    public GoldenBalancer(GoldenCatalogue catalogue)
    {
        try
        {
            _balancer.Publish(GoldenNetwork.ContentOf(catalogue));
        }
        catch
        {
            _balancer.Dispose();
            throw;
        }
    }

    public void Idle(TimeSpan time) => _balancer.Idle(time);

    public IReadOnlyList<GoldenOutcome> Send(IReadOnlyList<byte[]> frames) => [.. _balancer.SendAll(frames).Select(Of)];

    /// <summary>Null if every frame fared as the table says.</summary>
    public string? Problem(GoldenCase one)
    {
        List<GoldenOutcome> outcomes = [];
        foreach (GoldenFrame frame in one.Frames)
        {
            GoldenOutcome outcome = Of(_balancer.Send(frame.Input));
            if (outcome.Problem(frame, outcomes) is { } problem) return problem;
            outcomes.Add(outcome);
        }

        return null;
    }

    public void Dispose() => _balancer.Dispose();

    private static GoldenOutcome Of(Outcome outcome) =>
        new(outcome.Verdict.Name(), outcome.Verdict == Verdict.Forwarded ? null : outcome.Reason.Name(), outcome.Service, outcome.Backend, outcome.Bytes);
}

using System.Collections.Immutable;
using RustyRail.Lab.Survival.Connections;

namespace RustyRail.Lab.Survival.Events;

/// <param name="Own">Connections of the backend that was taken away, broken or not.</param>
/// <param name="SlowestMilliseconds">The longest that anybody waited for an answer and got it.</param>
internal sealed record EventResult(
    string Event,
    int Connections,
    long Answers,
    int Broken,
    int BrokenBefore,
    int BrokenAfter,
    int Own,
    int BrokenOwn,
    int SlowestMilliseconds,
    double Seconds,
    bool AsExpected,
    ImmutableArray<BrokenConnection> BrokenConnections)
{
    /// <summary>Servers that a balancer found down, in its own words: the machine was too busy for this measurement.</summary>
    public ImmutableArray<string> TakenForDead { get; init; } = [];

    public static EventResult Of(SurvivalEvent happened, IReadOnlyList<HeldConnection> connections, TimeSpan took)
    {
        HeldConnection[] broken = [.. connections.Where(connection => connection.Failure is not null)];
        int own = connections.Count(connection => happened.Victim.Length > 0 && connection.Server == happened.Victim);
        int brokenOwn = broken.Count(connection => happened.Victim.Length > 0 && connection.Server == happened.Victim);
        bool asExpected = happened.Tolerated switch
        {
            Tolerated.Nothing => broken.Length == 0,
            Tolerated.OwnOnly => own > 0 && brokenOwn == own && broken.Length == own,
            _ => true,
        };
        return new EventResult(
            happened.Name,
            connections.Count,
            connections.Sum(connection => connection.Answers),
            broken.Length,
            broken.Count(connection => connection.Opened == Opened.Before),
            broken.Count(connection => connection.Opened == Opened.After),
            own,
            brokenOwn,
            connections.Max(connection => connection.LongestMilliseconds),
            Math.Round(took.TotalSeconds, 1),
            asExpected,
            [.. broken.Select(connection => connection.Describe())]);
    }
}

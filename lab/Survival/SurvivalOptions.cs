using System.Collections.Immutable;
using System.CommandLine;
using RustyRail.Lab.Survival.Connections;
using RustyRail.Lab.Survival.Events;

namespace RustyRail.Lab.Survival;

/// <param name="NextPrograms">Of another version; empty: none.</param>
internal sealed record SurvivalOptions(
    int Connections, int Balancers, TimeSpan Isolation, Pace Pace, ImmutableArray<SurvivalEvent> Events, string NextPrograms, string Prefix, bool Keep, bool Json)
{
    private static readonly Option<int> ConnectionCount = new("--connections") { Description = "In all, half of them before each event", DefaultValueFactory = _ => 2000 };
    private static readonly Option<int> BalancerCount = new("--lbs") { Description = "Balancers at the beginning of each event", DefaultValueFactory = _ => 2 };
    private static readonly Option<int> IsolationSeconds = new("--isolation") { Description = "Seconds that a balancer is cut off", DefaultValueFactory = _ => 60 };
    private static readonly Option<int> IntervalMilliseconds = new("--interval") { Description = "Milliseconds between two requests of a connection", DefaultValueFactory = _ => 1500 };
    private static readonly Option<int> PatienceSeconds = new("--patience") { Description = "Seconds for an answer before a connection counts as broken", DefaultValueFactory = _ => 10 };
    private static readonly Option<string> UpgradeTo = new("--upgrade-to") { Description = "A folder with the programs of another version, for version-upgrade (next-version makes one)", DefaultValueFactory = _ => "" };
    private static readonly Option<string> LabPrefix = new("--prefix") { Description = "Of the lab's namespaces", DefaultValueFactory = _ => "rr-survival-" };
    private static readonly Option<bool> KeepBed = new("--keep") { Description = "Leave the lab up at the end, to look at (LAB_PREFIX=PREFIX lab/lab down removes it)" };
    private static readonly Option<bool> PrintJson = new("--json") { Description = "The results as JSON on standard output" };
    private static readonly Argument<string[]> EventNames = new("event") { Description = "Which events, in this order; none: all", Arity = ArgumentArity.ZeroOrMore };

    static SurvivalOptions()
    {
        EventNames.AcceptOnlyFromAmong([.. EventList.All.Select(known => known.Name)]);
        AtLeast(ConnectionCount, 4);
        AtLeast(BalancerCount, 2);
        AtLeast(IntervalMilliseconds, 50);
        AtLeast(PatienceSeconds, 1);
    }

    public static RootCommand Command { get; } = new("Long-lived connections through the lab while things happen: event by broken connections")
    {
        ConnectionCount, BalancerCount, IsolationSeconds, IntervalMilliseconds, PatienceSeconds, UpgradeTo, LabPrefix, KeepBed, PrintJson, EventNames,
    };

    public static SurvivalOptions From(ParseResult parsed)
    {
        SurvivalEvent[] named = [.. (parsed.GetValue(EventNames) ?? []).Select(name => EventList.All.First(known => known.Name == name))];
        (int balancers, string next) = (parsed.GetValue(BalancerCount), parsed.GetValue(UpgradeTo)!);
        TimeSpan interval = TimeSpan.FromMilliseconds(parsed.GetValue(IntervalMilliseconds));
        return new SurvivalOptions(
            parsed.GetValue(ConnectionCount),
            balancers,
            TimeSpan.FromSeconds(parsed.GetValue(IsolationSeconds)),
            new Pace(interval, TimeSpan.FromSeconds(parsed.GetValue(PatienceSeconds)), OpenedPerSecond: 500),
            named.Length == 0 ? [.. EventList.All.Where(known => known.IsPossible(balancers, next))] : [.. named],
            next,
            parsed.GetValue(LabPrefix)!,
            parsed.GetValue(KeepBed),
            parsed.GetValue(PrintJson));
    }

    /// <summary>What is missing for an event that was asked for by name; null: nothing.</summary>
    public string? Missing() => Events.FirstOrDefault(known => !known.IsPossible(Balancers, NextPrograms)) is not { } asked ? null
        : $"{asked.Name} needs {(Balancers < asked.LeastBalancers ? $"--lbs {asked.LeastBalancers}" : "--upgrade-to")}";

    private static void AtLeast(Option<int> option, int least) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < least) result.AddError($"{option.Name} must be at least {least}");
    });
}

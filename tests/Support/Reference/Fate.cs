using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Tests.Support.Reference;

/// <summary>What becomes of a packet. Where a rule returns none, the next rule is asked.</summary>
internal readonly record struct Fate(Verdict Verdict, Reason Reason)
{
    public static Fate Forwarded => new(Verdict.Forwarded, Reason.None);

    public static Fate Host => new(Verdict.Host, Reason.NoService);

    public static Fate Drop(Reason reason) => new(Verdict.Dropped, reason);

    public static Fate Answer(Reason reason) => new(Verdict.Answered, reason);

    public override string ToString() => $"{Verdict.Name()} {Reason.Name()}";
}

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>A machine whose clock is wrong.</summary>
internal sealed class SkewedClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}

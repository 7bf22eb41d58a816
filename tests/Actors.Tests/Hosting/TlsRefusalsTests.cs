using RustyRail.Actors.Hosting;

namespace RustyRail.Actors.Tests.Hosting;

public sealed class TlsRefusalsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void One_line_per_address_and_minute_and_a_reason_is_worth_more_than_a_failure()
    {
        TlsRefusals refusals = new(_time);

        Assert.True(refusals.TryNote("192.0.2.1", "TLS fails", hasReason: false));
        Assert.False(refusals.TryNote("192.0.2.1", "TLS fails", hasReason: false));
        Assert.True(refusals.TryNote("192.0.2.1", "has expired", hasReason: true));
        Assert.False(refusals.TryNote("192.0.2.1", "TLS fails", hasReason: false));
        Assert.True(refusals.TryNote("192.0.2.2", "TLS fails", hasReason: false));
        Assert.Equal("has expired", refusals.LineOf("192.0.2.1"));

        _time.Now += TimeSpan.FromMinutes(1);
        Assert.Equal("has expired", refusals.LineOf("192.0.2.1"));
        Assert.True(refusals.TryNote("192.0.2.1", "TLS fails", hasReason: false));

        _time.Now += TimeSpan.FromMinutes(2);
        Assert.Null(refusals.LineOf("192.0.2.1"));
    }
}

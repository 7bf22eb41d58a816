using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;

namespace RustyRail.Actors.Tests.Formation;

public sealed class OncePerMinuteTests
{
    [Fact]
    public void Each_source_has_one_line_a_minute()
    {
        ManualTime time = new();
        OncePerMinute often = new(time);

        Assert.True(often.Admits("192.0.2.1"));
        Assert.False(often.Admits("192.0.2.1"));
        Assert.True(often.Admits("192.0.2.2"));
        time.Now += TimeSpan.FromSeconds(59);
        Assert.False(often.Admits("192.0.2.1"));
        time.Now += TimeSpan.FromSeconds(1);
        Assert.True(often.Admits("192.0.2.1"));
    }

    [Theory]
    [InlineData("ssl.tcp://rustyrail@192.0.2.1:4053", "192.0.2.1")]
    [InlineData("[::ffff:192.0.2.1]:55884", "192.0.2.1")]
    [InlineData("[2001:db8::1]:4053", "2001:db8::1")]
    [InlineData("somebody", "somebody")]
    public void A_peer_is_one_source_whichever_port_it_comes_from(string peer, string address) => Assert.Equal(address, ClusterLogger.AddressIn(peer));
}

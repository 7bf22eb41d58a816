using System.Net;
using RustyRail.Dataplane.Host.Decap;

namespace Dataplane.Tests.Host.Decap;

public class DecapOptionsTests
{
    [Fact]
    public void Device_and_prefixes_are_taken()
    {
        Assert.True(DecapOptions.TryParse(["--from", "192.168.137.0/24", "--tun", "gre-in", "--from", "10.9.8.7"], out DecapOptions options, out _));
        Assert.Equal("gre-in", options.Tun);
        Assert.Equal([IPNetwork.Parse("192.168.137.0/24"), IPNetwork.Parse("10.9.8.7/32")], options.From);
    }

    [Theory]
    [InlineData("--tun is missing")]
    [InlineData("--tun needs a value", "--tun")]
    [InlineData("--tun 'a/b' is not a device name (1-15 characters, no '/', ':', '%' or blank)", "--tun", "a/b")]
    [InlineData("--from '10.0.0.0/99' is not an IPv4 prefix", "--tun", "t", "--from", "10.0.0.0/99")]
    [InlineData("--from 'fd00::/8' is not an IPv4 prefix", "--tun", "t", "--from", "fd00::/8")]
    [InlineData("unknown argument '--form'", "--tun", "t", "--form", "10.0.0.0/8")]
    public void A_mistake_is_named(string expected, params string[] arguments)
    {
        Assert.False(DecapOptions.TryParse(arguments, out _, out string problem));
        Assert.Equal(expected, problem);
    }
}

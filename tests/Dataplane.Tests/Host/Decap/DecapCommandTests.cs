using System.CommandLine;
using RustyRail.Dataplane.Host.Decap;

namespace Dataplane.Tests.Host.Decap;

public sealed class DecapCommandTests
{
    [Theory]
    [InlineData("--tun ''", "--tun '' is not a device name (1-15 characters, no '/', ':', '%' or blank)")]
    [InlineData("--xdp eth0/1", "--xdp 'eth0/1' is not a device name (1-15 characters, no '/', ':', '%' or blank)")]
    [InlineData("--tun abcdefghijklmnop", "--tun 'abcdefghijklmnop' is not a device name (1-15 characters, no '/', ':', '%' or blank)")]
    [InlineData("--accept gre,vxlan", "--accept 'vxlan' is not a form of tunnel; gre, ipip and gue are")]
    [InlineData("--accept gre,", "--accept '' is not a form of tunnel; gre, ipip and gue are")]
    [InlineData("--gue-port 0", "--gue-port 0 is not in 1-65535")]
    [InlineData("--gue-port 65536", "--gue-port 65536 is not in 1-65535")]
    [InlineData("--gue-port x", "Cannot parse argument 'x' for option '--gue-port' as expected type 'System.Int32'.")]
    [InlineData("--stats 0", "--stats 0 is not in 1-86400 (seconds)")]
    [InlineData("--from 192.0.2.300", "--from \"192.0.2.300\" is neither an IP address nor a prefix")]
    [InlineData("--from 192.0.2.1/24", "--from \"192.0.2.1/24\" has bits set beyond its length; the prefix is 192.0.2.0/24")]
    [InlineData("--from 2001:db8::/129", "--from \"2001:db8::/129\": a prefix length is a whole number from 0 to 128")]
    [InlineData("--from fe80::1%eth0", "--from \"fe80::1%eth0\" is neither an IP address nor a prefix")]
    public void A_mistake_is_named_with_its_option(string arguments, string expected) =>
        Assert.Equal(expected, Assert.Single(Parse(arguments).Errors).Message);

    [Theory]
    [InlineData("")]
    [InlineData("--tun gre-in --from 192.168.137.0/24 --from 2001:db8:137::188")]
    [InlineData("--xdp eth0 --accept ipip --gue-port 5555 --stats 10")]
    [InlineData("--accept gue,gre,ipip")]
    public void What_is_right_is_taken(string arguments) => Assert.Empty(Parse(arguments).Errors);

    [Theory]
    [InlineData("gre", 1)]
    [InlineData("ipip, gue", 6)]
    [InlineData("gre,gre", 1)]
    [InlineData("gue,ipip,gre", 7)]
    public void Forms_are_a_list_of_words(string text, int expected)
    {
        Assert.True(DecapFormWords.TryParse(text, out DecapForms forms, out _));
        Assert.Equal((DecapForms)expected, forms);
    }

    [Fact]
    public void The_options_are_described_in_one_line()
    {
        DecapOptions options = new("t", null, DecapForms.All, 6080, [System.Net.IPNetwork.Parse("192.0.2.0/24"), System.Net.IPNetwork.Parse("2001:db8::/32")], null);
        Assert.Equal("GRE, IPIP, GUE (UDP 6080) from 192.0.2.0/24, 2001:db8::/32", options.Describe());
        Assert.Equal("GRE, IPIP from anywhere", (options with { Forms = DecapForms.Gre | DecapForms.Ipip, From = [] }).Describe());
    }

    private static ParseResult Parse(string arguments) => DecapCommand.Create().Parse([.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\''))]);
}

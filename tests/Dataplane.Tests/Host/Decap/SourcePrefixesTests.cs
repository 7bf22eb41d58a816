using System.Net;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Decap.Xdp;

namespace Dataplane.Tests.Host.Decap;

public sealed class SourcePrefixesTests
{
    [Theory]
    [InlineData("192.168.137.0/24", "192.168.137.255", true)]
    [InlineData("192.168.137.0/24", "192.168.138.0", false)]
    [InlineData("192.168.137.188/32", "192.168.137.188", true)]
    [InlineData("192.168.137.188/32", "192.168.137.189", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8:137::/64", "2001:db8:137::ffff:1", true)]
    [InlineData("2001:db8:137::/64", "2001:db8:137:1::", false)]
    [InlineData("2001:db8:137::1/128", "2001:db8:137::1", true)]
    [InlineData("2001:db8:137::1/128", "2001:db8:137::", false)]
    public void A_source_is_allowed_by_its_own_family_and_all_bits_of_the_prefix(string prefix, string source, bool expected) =>
        Assert.Equal(expected, new SourcePrefixes([IPNetwork.Parse(prefix)]).Allows(Source(source)));

    [Fact]
    public void Without_prefixes_everybody_is_allowed_and_with_several_each_of_them()
    {
        Assert.True(new SourcePrefixes([]).Allows(Source("203.0.113.9")));
        SourcePrefixes several = new([IPNetwork.Parse("192.0.2.1/32"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("192.0.2.128/25")]);
        foreach (string allowed in (string[])["192.0.2.1", "192.0.2.200", "2001:db8:ffff::"]) Assert.True(several.Allows(Source(allowed)));
        foreach (string refused in (string[])["192.0.2.2", "2001:db9::"]) Assert.False(several.Allows(Source(refused)));
    }

    [Fact]
    public void The_maps_keys_have_length_family_and_address()
    {
        Assert.Equal("3800000004000000c0a88900" + new string('0', 24), Convert.ToHexStringLower(AddressKey.Of(IPNetwork.Parse("192.168.137.0/24"))));
        Assert.Equal("600000000600000020010db8013700000000000000000000", Convert.ToHexStringLower(AddressKey.Of(IPNetwork.Parse("2001:db8:137::/64"))));
        Assert.Equal("0600000020010db8013700000000000000000011", Convert.ToHexStringLower(AddressKey.Of(IPAddress.Parse("2001:db8:137::11"))));
    }

    private static OuterSource Source(string text)
    {
        byte[] bytes = IPAddress.Parse(text).GetAddressBytes();
        return bytes.Length == 4 ? OuterSource.Ipv4(bytes) : OuterSource.Ipv6(bytes);
    }
}

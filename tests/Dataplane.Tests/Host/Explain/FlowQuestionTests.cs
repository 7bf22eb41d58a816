using System.Net;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Host.Explain;

namespace Dataplane.Tests.Host.Explain;

public sealed class FlowQuestionTests
{
    [Fact]
    public void An_IPv4_flow_is_read_in_packet_order()
    {
        FlowQuestion question = Read("10.0.0.1:40000", "10.1.0.1:80", "tcp");

        Assert.False(question.IsIpv6);
        Assert.Equal((IpKey.FromIpv4(0x0100_000A), IpKey.FromIpv4(0x0100_010A)), (question.Source, question.Destination));
        Assert.Equal(((ushort)0x5000, 0x5000_409Cu), (question.DestinationPortRaw, question.Ports));
    }

    [Fact]
    public void An_IPv6_flow_has_its_addresses_in_brackets()
    {
        FlowQuestion question = Read("[2001:DB8::1]:1234", "[2001:db8::80]:80", "tcp");

        Assert.True(question.IsIpv6);
        Assert.Equal((IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8::80")), (question.Source.ToAddress(), question.Destination.ToAddress()));
        Assert.Equal((0x5000_D204u, (byte)6), (question.Ports, question.Protocol));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.1.0.1", "icmp", 1)]
    [InlineData("[2001:db8::1]", "[2001:db8::80]", "icmp", 58)]
    [InlineData("[2001:db8::1]", "[2001:db8::80]", "58", 58)]
    [InlineData("10.0.0.1:0", "10.1.0.1:65535", "UDP", 17)]
    [InlineData("10.0.0.1", "10.1.0.1", "47", 47)]
    public void Protocols_without_ports_need_none(string source, string destination, string protocol, byte number)
    {
        FlowQuestion question = Read(source, destination, protocol);

        Assert.Equal(number, question.Protocol);
        if (number != 17) Assert.Equal((0u, (ushort)0), (question.Ports, question.DestinationPortRaw));
    }

    [Theory]
    [InlineData("10.0.0:1")]
    [InlineData("10.0.0.1:")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("10.0.0.1:http")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8::80:80")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]80")]
    [InlineData("[2001:db8::1]:-1")]
    [InlineData("[fe80::1%2]:80")]
    [InlineData("[::ffff:10.0.0.1]:80")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("[]:80")]
    [InlineData("")]
    public void What_is_no_end_of_a_flow_is_named(string text)
    {
        Assert.Null(FlowQuestion.TryParse(text, "10.1.0.1:80", "tcp", out string source));
        Assert.Null(FlowQuestion.TryParse("10.1.0.1:80", text, "tcp", out string destination));

        Assert.Equal($"--src '{text}' is not ADDRESS:PORT (IPv6: [ADDRESS]:PORT)", source);
        Assert.Equal($"--dst '{text}' is not ADDRESS:PORT (IPv6: [ADDRESS]:PORT)", destination);
    }

    [Fact]
    public void Ends_of_different_families_and_unknown_protocols_are_named()
    {
        Assert.Null(FlowQuestion.TryParse("10.0.0.1:1", "[2001:db8::80]:80", "tcp", out string families));
        Assert.Null(FlowQuestion.TryParse("10.0.0.1:1", "10.1.0.1:80", "256", out string protocol));

        Assert.Equal("--src '10.0.0.1:1' and --dst '[2001:db8::80]:80' are of different families", families);
        Assert.Equal("--proto '256' is not tcp, udp, icmp or a number up to 255", protocol);
    }

    private static FlowQuestion Read(string source, string destination, string protocol)
    {
        FlowQuestion? question = FlowQuestion.TryParse(source, destination, protocol, out string problem);
        Assert.Equal("", problem);
        return question!;
    }
}

using System.CommandLine;
using System.Net;
using RustyRail.Dataplane.Host.Generate;

namespace Dataplane.Tests.Host.Generate;

public sealed class GenerateCommandTests
{
    [Theory]
    [InlineData("--to 02:00:00", "--to '02:00:00' is neither auto nor a MAC address")]
    [InlineData("--to 020000000001", "--to '020000000001' is neither auto nor a MAC address")]
    [InlineData("--vip 10.1:80", "--vip '10.1:80' is not an address with or without port")]
    [InlineData("--vip 10.1.0.1:0", "--vip '10.1.0.1:0' is not an address with or without port")]
    [InlineData("--vip web", "--vip 'web' is not an address with or without port")]
    [InlineData("--flows 0", "--flows 0 is not in 1-8000000")]
    [InlineData("--size 40", "--size 40 is not in 60-9000")]
    [InlineData("--rate 0", "--rate '0' is neither max nor a number in 1-100000000")]
    [InlineData("--rate fast", "--rate 'fast' is neither max nor a number in 1-100000000")]
    [InlineData("--seconds 0", "--seconds 0 is not in 0.001-86400")]
    [InlineData("--seconds x", "Cannot parse argument 'x' for option '--seconds' as expected type 'System.Nullable`1[System.Double]'.")]
    [InlineData("--packets 0", "--packets 0 is not in 1-1000000000000")]
    [InlineData("--router 1", "--router '1' is not an address")]
    [InlineData("--balancer lb1", "--balancer 'lb1' is not an address")]
    public void A_mistake_is_named_with_its_option(string arguments, string expected) => Assert.Equal(expected, Assert.Single(Parse(arguments).Errors).Message);

    [Theory]
    [InlineData("--form vxlan")]
    [InlineData("--protocol icmp")]
    public void Words_that_are_not_among_the_choices_are_refused(string arguments) => Assert.Single(Parse(arguments).Errors);

    [Fact]
    public void Without_options_it_is_the_labs_balancer()
    {
        ParseResult parsed = Parse("");
        Assert.Empty(parsed.Errors);
        Assert.Equal(GenerateOptions.Usual, GenerateCommand.Read(parsed));
    }

    [Fact]
    public void Every_option_arrives()
    {
        ParseResult parsed = Parse("--device veth0 --to 02:00:00:00:00:09 --form plain --vip [2001:db8::1]:443 --protocol udp --flows 7 --size 200 --rate 5000 --packets 9 --router 192.0.2.1 --balancer 192.0.2.2 --latency");
        Assert.Empty(parsed.Errors);
        GenerateOptions options = GenerateCommand.Read(parsed);
        Assert.Equal(("veth0", "020000000009", GenerateForm.Plain), (options.Device, options.To!.ToString(), options.Form));
        Assert.Equal((IPEndPoint.Parse("[2001:db8::1]:443"), true, 7, (int?)200, (long?)5000), (options.Vip, options.IsUdp, options.Flows, options.FrameBytes, options.PacketsPerSecond));
        Assert.Equal((TimeSpan.FromHours(1), (long?)9), (options.Duration, options.Packets));
        Assert.Equal((IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), true), (options.Router, options.Balancer, options.ShowsLatency));
    }

    private static ParseResult Parse(string arguments) => GenerateCommand.Create().Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

using Netns.Tests.Lab;

namespace Netns.Tests.Servers;

/// <summary>The lab without balancers: its routers and each end that this machine can have on the servers.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class ServerEndsTests
{
    [SkippableTheory]
    [InlineData("gre", "own", 6, 6)]
    [InlineData("gre", "own", 6, 4)]
    [InlineData("gre", "own", 4, 6)]
    [InlineData("gre", "xdp", 4, 4)]
    [InlineData("gre", "xdp", 6, 6)]
    [InlineData("l2", "auto", 4, 4)]
    [InlineData("l2", "auto", 6, 6)]
    [InlineData("vxlan", "kernel", 4, 6)]
    [InlineData("vxlan", "kernel", 6, 4)]
    public void Requests_and_a_big_download_come_through(string send, string decap, int outer, int inner)
    {
        Requirements.SkipUnlessMet();
        Skip.If(send == "vxlan" && !KernelHasVxlan(), "the kernel has no vxlan devices");
        using TestBed bed = TestBed.Up("2", "--direct", "--gre", "own", "--send", send, "--decap", decap, "--family", $"{outer}", "--vip-family", $"{inner}");
        string vip = inner == 6 ? "[2001:db8:1::1]" : "10.1.0.1";
        Command requests = TestBed.Exec("client1", "bash", "-c", $"for i in $(seq 40); do curl -s -m 5 http://{vip}/ || echo nobody; done").OrFail();
        Assert.Equal(["server1", "server2"], requests.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order());
        string received = TestBed.Exec("client1", "bash", "-c", $"curl -s -m 60 http://{vip}/big | cmp - {TestBed.StateDirectory}/big && echo same").OrFail().Output;
        Assert.Equal("same\n", received);
    }

    [SkippableFact]
    public void Ends_that_cannot_be_are_refused_in_one_line()
    {
        Requirements.SkipUnlessMet();
        Refuse("lab: vxlan has no end of our own: --decap kernel\n", "--send", "vxlan", "--decap", "own");
        Refuse("lab: --send needs gre, ipip, l2, gue, vxlan or geneve\n", "--send", "mpls");
        Refuse("lab: --family needs 4 or 6\n", "--family", "5");
        Refuse("lab: --decap needs auto, own, kernel or xdp\n", "--decap", "yes");
        if (!File.Exists("/sys/module/geneve/refcnt")) RefuseGeneve();
    }

    // Where it is a module that is not loaded, asking for a device loads it.
    private static void RefuseGeneve()
    {
        Command refused = TestBed.Lab("up", "1", "--direct", "--send", "geneve");
        if (refused.ExitCode == 0) TestBed.Lab("down").OrFail();
        else Assert.StartsWith("lab: this kernel has no devices for geneve over IPv4 (a module is missing)\n", refused.Errors, StringComparison.Ordinal);
    }

    private static void Refuse(string expected, params string[] arguments)
    {
        Command refused = TestBed.Lab(["up", "1", .. arguments]);
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith(expected, refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(TestBed.StateDirectory), "something is left");
    }

    private static bool KernelHasVxlan()
    {
        string probe = $"{TestBed.Prefix}v"[^8..];
        bool has = Command.Run("ip", ["link", "add", probe, "type", "vxlan", "id", "16777000", "dstport", "47890"]).ExitCode == 0;
        if (has) Command.Run("ip", ["link", "del", probe]).OrFail();
        return has;
    }
}

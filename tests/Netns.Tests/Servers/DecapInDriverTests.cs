using System.Diagnostics;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;

namespace Netns.Tests.Servers;

/// <summary><c>rustyrail decap --xdp</c> as a program: how it begins, what its death leaves, how it ends.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class DecapInDriverTests
{
    private static string LogFile => TestBed.HostFile("server1", "own-decap.log");

    [SkippableFact]
    public void Killed_it_leaves_the_driver_at_work_and_the_next_one_takes_over_and_clears_up()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own", "--decap", "xdp");
        Assert.True(Answers());
        int first = TestBed.PidOf("server1", "decap");
        TestBed.Exec("server1", "kill", "-KILL", $"{first}").OrFail();
        Eventually.Holds("the process is gone", TimeSpan.FromSeconds(5), () => !Directory.Exists($"/proc/{first}"));
        Assert.True(IsAttached());
        Assert.True(Answers(), "the driver stopped with its process");

        Process second = Start("rustyrail", "decap", "--xdp", "eth0", "--from", "192.168.137.0/24", "--stats", "1");
        Eventually.Holds("it takes over", TimeSpan.FromSeconds(10), () => Log().Contains("in eth0 (native XDP, taken over)", StringComparison.Ordinal));
        Assert.True(Answers());
        Eventually.Holds("the counts are printed by themselves, those of the dead process included", TimeSpan.FromSeconds(10), () => Received(Log()) >= 10);
        End(second);
        Assert.Equal(0, second.ExitCode);
        Assert.Matches("\ndecap: received ([0-9]+), delivered \\1, dropped 0\n$", Log());
        Assert.False(IsAttached());
        Assert.False(Answers(), "something still takes GRE apart");
    }

    [SkippableFact]
    public void A_device_that_cannot_have_it_falls_back_to_the_tun_way_and_says_why()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own");
        TestBed.Exec("server1", "kill", "-KILL", $"{TestBed.PidOf("server1", "decap")}").OrFail();
        Process fallen = Start("rustyrail", "decap", "--xdp", "lo", "--tun", "tunnel-in", "--from", "192.168.137.0/24");
        Eventually.Holds("it begins", TimeSpan.FromSeconds(10), () => Log().Contains("decap: GRE, IPIP, GUE (UDP 6080) from 192.168.137.0/24 to tunnel-in\n", StringComparison.Ordinal));
        Assert.StartsWith("decap: lo: not an Ethernet device; packets go through tunnel-in instead\n", Log(), StringComparison.Ordinal);
        Eventually.Holds("requests are answered", TimeSpan.FromSeconds(10), Answers);
        TestBed.Exec("server1", "kill", "-USR1", $"{fallen.Id}").OrFail();
        Eventually.Holds("asked, it prints the counts", TimeSpan.FromSeconds(5), () => Received(Log()) >= 5);
        End(fallen);
        Assert.Equal(0, fallen.ExitCode);
    }

    [SkippableFact]
    public void A_program_that_somebody_takes_away_ends_it_with_the_reason()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own");
        Process decap = Start("rustyrail", "decap", "--xdp", "eth0");
        Eventually.Holds("it begins", TimeSpan.FromSeconds(10), () => Log().Contains("in eth0 (native XDP)", StringComparison.Ordinal));
        Assert.StartsWith("decap: no --from: tunnels are accepted from every source\n", Log(), StringComparison.Ordinal);
        TestBed.Exec("server1", "ip", "link", "set", "dev", "eth0", "xdp", "off").OrFail();
        Assert.True(decap.WaitForExit(TimeSpan.FromSeconds(10)), "it goes on");
        Assert.Equal(1, decap.ExitCode);
        Assert.EndsWith("rustyrail-dataplane: decap: eth0: the program is not attached any more\n", Log(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_mistake_is_one_line_and_exit_code_2()
    {
        using TestBed bed = TestBed.Up("1", "--direct", "--gre", "own", "--decap", "xdp");
        Refuse("--from \"10.0.0.1/8\" has bits set beyond its length; the prefix is 10.0.0.0/8 (see --help)", "--from", "10.0.0.1/8");
        Refuse("--accept 'mpls' is not a form of tunnel; gre, ipip and gue are (see --help)", "--accept", "mpls");
        Refuse("--gue-port 70000 is not in 1-65535 (see --help)", "--gue-port", "70000");
        Refuse("--tun 'a/b' is not a device name (1-15 characters, no '/', ':', '%' or blank) (see --help)", "--tun", "a/b");
        Refuse("no network device named 'eth9'", "--xdp", "eth9");
        Refuse("eth0: another rustyrail decap serves this device", "--xdp", "eth0");
        Refuse("decap: eth0: TUNSETIFF eth0: Invalid argument (EINVAL)", "--tun", "eth0");
        Assert.True(Answers(), "a refused start has hurt the one that runs");
    }

    private static void Refuse(string expected, params string[] arguments)
    {
        Command refused = TestBed.Exec("server1", ["rustyrail", "decap", .. arguments]);
        Assert.Equal((2, $"rustyrail-dataplane: {expected}\n"), (refused.ExitCode, refused.Errors));
    }

    private static bool Answers() => TestBed.Inside("client1", () => HttpRequest.Get(connectMilliseconds: 500)).Answered;

    private static bool IsAttached() => TestBed.Exec("server1", "ip", "link", "show", "eth0").OrFail().Output.Contains(" xdp ", StringComparison.Ordinal);

    private static string Log() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    // The counts of the last line that has some.
    private static int Received(string log)
    {
        string[] lines = [.. log.Split('\n').Where(line => line.StartsWith("decap: received ", StringComparison.Ordinal))];
        return lines.Length == 0 ? 0 : int.Parse(lines[^1].Split(' ', ',')[2]);
    }

    private static Process Start(params string[] command) =>
        TestBed.StartExec("server1", "bash", "-c", $"exec {string.Join(' ', command)} >{LogFile} 2>&1");

    private static void End(Process process)
    {
        TestBed.Exec("server1", "kill", "-TERM", $"{process.Id}").OrFail();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)), "it does not end");
    }
}

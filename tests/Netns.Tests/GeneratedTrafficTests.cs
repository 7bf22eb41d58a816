using System.Text.Json;
using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>
/// The generator on a server, so that what it sends as a router comes back to it through the balancer. Loss of a balancer that others keep off its
/// processor is no defect of it: it must be counted each time, and not be there at all once.
/// </summary>
[Collection(OneLabAtATime.Name)]
public sealed class GeneratedTrafficTests(ITestOutputHelper output)
{
    private const string Generator = "server1";
    private const int PacketsPerSecond = 200_000, Seconds = 1, Attempts = 20;

    [SkippableFact]
    public void Two_hundred_thousand_packets_a_second_pass_without_loss_and_every_count_agrees()
    {
        using TestBed bed = UpOrSkip();
        Assert.Equal("af_xdp", Balancer.Status().All.GetProperty("dataplane").GetProperty("port").GetString());
        PutFirst(Balancer.Status().DataplanePid);
        Generate("--packets", "10000", "--rate", "20000"); // opens the flows
        long lost = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && lost != 0; attempt++)
        {
            Traffic before = Settled();
            JsonElement run = Generate("--rate", $"{PacketsPerSecond}", "--seconds", $"{Seconds}", "--latency");
            long sent = Number(run, "sent"), returned = Number(run, "returned");
            lost = Number(run, "lost");
            Traffic passed = Settled() - before;
            output.WriteLine($"measured: {run}; the balancer: {passed}");
            // What is lost beside it is the devices': their short queues overflow too while a processor is away.
            Assert.InRange(passed.Received + passed.PortDropped, returned, sent);
            Assert.Equal(passed.Received, passed.Forwarded + passed.Dropped);
            Assert.InRange(returned, 0, passed.Forwarded);
            Assert.Equal(lost, sent - returned);
            if (lost == 0) Assert.Equal(new Traffic(sent, sent, 0, 0), passed);
        }

        Assert.Equal(0, lost);
    }

    [SkippableFact]
    public void A_signal_ends_it_early_with_its_report_and_nothing_stays_on_the_device()
    {
        using TestBed bed = UpOrSkip();
        Command ended = TestBed.Exec(Generator, "timeout", "--preserve-status", "--signal=INT", "1", "rustyrail-dataplane", "generate", "--rate", "1000", "--seconds", "60", "--json").OrFail();
        JsonElement report = JsonDocument.Parse(ended.Output).RootElement;
        Assert.InRange(report.GetProperty("seconds").GetDouble(), 0.01, 5);
        Assert.True(Number(report, "returned") > 0, ended.Output);
        Assert.DoesNotContain("xdp", TestBed.Exec(Generator, "ip", "link", "show", "eth0").OrFail().Output, StringComparison.Ordinal);

        Command killed = TestBed.Exec(Generator, "timeout", "--preserve-status", "--signal=KILL", "1", "rustyrail-dataplane", "generate", "--rate", "1000", "--seconds", "60");
        Assert.NotEqual(0, killed.ExitCode);
        Eventually.Holds("the kernel takes the programs away", TimeSpan.FromSeconds(5),
            () => !TestBed.Exec(Generator, "ip", "link", "show", "eth0").OrFail().Output.Contains("xdp", StringComparison.Ordinal));
    }

    private static TestBed UpOrSkip()
    {
        TestBed bed = TestBed.Up("1", "--port", "af_xdp");
        Command probe = TestBed.Exec(Generator, "rustyrail-dataplane", "generate", "--packets", "10", "--rate", "1000");
        if (probe.ExitCode == 0) return bed;
        bed.Dispose();
        Skip.If(probe.Errors.Contains("Linux 5.18", StringComparison.Ordinal), probe.Errors);
        throw new InvalidOperationException(probe.Errors);
    }

    private static JsonElement Generate(params string[] arguments) => JsonDocument.Parse(TestBed.Exec(Generator,
        ["setsid", "-w", "bash", "-c", "{ echo -20 >/proc/self/autogroup; } 2>/dev/null; exec nice -n -20 \"$@\"", "first", "taskset", "-c", "0", "rustyrail-dataplane", "generate", "--flows", "10000", "--json", .. arguments]).OrFail().Output).RootElement;

    // The generator has the first processor, so another one is the balancer's. Where the kernel schedules sessions as groups, a task's priority says nothing to other sessions.
    private static void PutFirst(int dataplane)
    {
        string group = $"/proc/{dataplane}/autogroup";
        if (File.Exists(group)) File.WriteAllText(group, "-20");
        foreach (string task in Directory.GetDirectories($"/proc/{dataplane}/task").Select(directory => Path.GetFileName(directory)!))
        {
            Command.Run("renice", ["-n", "-20", "-p", task]).OrFail();
            if (Environment.ProcessorCount > 1) Command.Run("taskset", ["-c", "-p", "1", task]).OrFail();
        }
    }

    /// <summary>The balancer's counts when they stand still; its port's losses are written once a second.</summary>
    private static Traffic Settled()
    {
        Traffic traffic = Read();
        Eventually.NothingIsWrong(TimeSpan.FromSeconds(10), () =>
        {
            Traffic before = traffic;
            traffic = Read();
            return traffic == before ? null : "counts do not settle";
        }, pauseMilliseconds: 1100);
        return traffic;
    }

    private static Traffic Read()
    {
        JsonElement traffic = Balancer.Status().All.GetProperty("traffic");
        return new Traffic(Number(traffic, "received"), Number(traffic, "forwarded"), Number(traffic, "dropped"), Number(traffic, "portDropped"));
    }

    private static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private sealed record Traffic(long Received, long Forwarded, long Dropped, long PortDropped)
    {
        public static Traffic operator -(Traffic after, Traffic before) =>
            new(after.Received - before.Received, after.Forwarded - before.Forwarded, after.Dropped - before.Dropped, after.PortDropped - before.PortDropped);
    }
}

using System.Diagnostics;
using RustyRail.Dataplane.Host.Bench;

namespace Dataplane.Tests.Host.Bench;

/// <summary>The yardstick in C does the same work: from the same tables and traffic the same bytes leave, in the same order.</summary>
public sealed class ReferenceTests : IDisposable
{
    private const int Packets = 20_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("rrt-reference-").FullName;

    public static TheoryData<string> Cases => ["gre", "plain", "syn", "zipf", "one flow"];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void The_same_frames_leave_the_C_program(string name)
    {
        BenchOptions options = Options(name);
        string program = Path.Combine(_directory, "reference"), traffic = Path.Combine(_directory, "traffic");
        Compile(program);
        string[] ours;
        using (BenchPipeline pipeline = new(options))
        {
            SavedBench.Write(traffic, pipeline, options);
            StringWriter lines = new();
            Assert.Equal(0, LeavingFrames.Print(pipeline, Packets, lines));
            ours = lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        Assert.Equal(Packets, ours.Length);
        foreach (string[] variant in new string[][] { [], ["--recent"] })
        {
            string[] theirs = Run(program, [.. variant, "--frames", "--packets", $"{Packets}", traffic]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(ours, theirs);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static BenchOptions Options(string name)
    {
        BenchOptions options = new() { Flows = name == "one flow" ? 1 : 5_000 };
        return options with { IsPlain = name == "plain", IsSyn = name == "syn", Distribution = name == "zipf" ? FlowDistribution.Zipf : FlowDistribution.Uniform };
    }

    private static void Compile(string program)
    {
        Skip.IfNot(File.Exists("/usr/bin/gcc"), "gcc is not installed");
        string sources = Path.Combine(Repository(), "bench", "reference");
        Run("gcc", ["-std=c11", "-O2", "-march=x86-64-v3", "-Wall", "-Wextra", "-Werror", "-o", program, .. Directory.GetFiles(sources, "*.c")]);
    }

    private static string Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.GetAwaiter().GetResult()}");
        return output;
    }

    private static string Repository()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "RustyRail.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests are not inside the repository");
    }
}

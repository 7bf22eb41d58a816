using System.Diagnostics;

namespace Dataplane.Tests.Host.Bench;

/// <summary>bench/reference, compiled once for all tests.</summary>
public sealed class ReferenceProgram : IDisposable
{
    private readonly string _program;

    public ReferenceProgram()
    {
        HasCompiler = File.Exists("/usr/bin/gcc");
        _program = Path.Combine(Directory, "reference");
        if (!HasCompiler) return;
        string[] sources = System.IO.Directory.GetFiles(Path.Combine(Repository(), "bench", "reference"), "*.c");
        (int exit, string output) = Run("gcc", ["-std=c11", "-O2", "-march=x86-64-v3", "-Wall", "-Wextra", "-Werror", "-o", _program, .. sources]);
        Assert.True(exit == 0, output);
    }

    public bool HasCompiler { get; }

    /// <summary>For files of the tests; removed with the program.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("rrt-reference-").FullName;

    /// <summary>Its exit code, and what it printed.</summary>
    public (int Exit, string Output) Run(params string[] arguments) => Run(_program, arguments);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static (int Exit, string Output) Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    private static string Repository()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "RustyRail.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests are not inside the repository");
    }
}

using System.Diagnostics;

namespace Netns.Tests.Lab;

/// <summary>A finished program.</summary>
internal sealed record Command(string Line, int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan _bound = TimeSpan.FromMinutes(2);

    public static Command Run(string program, IEnumerable<string> arguments, string? input = null, string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? bound = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? Repository.Root,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        string line = $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}";
        if (!process.WaitForExit(bound ?? _bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{line}' did not end within {bound ?? _bound}");
        }
        return new Command(line, process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    public Command OrFail()
    {
        Assert.True(ExitCode == 0, $"'{Line}' ended with {ExitCode}: {Output}{Errors}");
        return this;
    }
}

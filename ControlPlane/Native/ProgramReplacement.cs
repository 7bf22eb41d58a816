using System.Collections;
using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.Native;

/// <summary>Turns this process into another program: its signals, terminal and exit code are then the caller's own.</summary>
internal static unsafe class ProgramReplacement
{
    private const int Eperm = 1;
    private const int Eacces = 13;

    /// <summary>Returns only by throwing.</summary>
    public static void Exec(string path, IReadOnlyList<string> arguments)
    {
        Console.Out.Flush();

        // The runtime ignores SIGPIPE; an ignored signal would stay ignored in the new program.
        _ = ProcessLibc.signal(ProcessLibc.SIGPIPE, 0);
        using var argv = new NullTerminatedStrings([path, .. arguments]);
        using var envp = new NullTerminatedStrings(OwnEnvironment());
        _ = ProcessLibc.execve(argv.First, argv.Pointers, envp.Pointers);
        int errno = Marshal.GetLastPInvokeError();
        throw new OperatorException($"{path}: {(errno is Eperm or Eacces ? "no permission to run it" : Marshal.GetPInvokeErrorMessage(errno))}");
    }

    public static IReadOnlyList<string> OwnEnvironment() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];
}

using System.CommandLine;

namespace RustyRail.Dataplane.Host;

/// <summary>How this program refuses: lines on standard error that name the thing, and exit code 2.</summary>
internal static class CommandLine
{
    public const int CannotStart = 2;

    public static int Refuse(params IEnumerable<string> lines)
    {
        foreach (string line in lines) Console.Error.WriteLine($"rustyrail-dataplane: {line}");
        return CannotStart;
    }

    /// <summary>Runs the command; a mistyped one is refused in one line instead of the library's page of help.</summary>
    public static int Invoke(RootCommand root, string[] arguments)
    {
        ParseResult result = root.Parse(arguments);
        if (result.Errors.Count > 0) return Refuse($"{result.Errors[0].Message} (see --help)");
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}

namespace RustyRail.ControlPlane;

/// <summary>Ends a command with lines for its operator, each naming the thing and the place. Never printed with a stack trace.</summary>
internal sealed class OperatorException : Exception
{
    public OperatorException(string line, int exitCode = RustyRail.ControlPlane.ExitCode.Refused)
        : this([line], exitCode)
    {
    }

    public OperatorException(IReadOnlyList<string> lines, int exitCode = RustyRail.ControlPlane.ExitCode.Refused)
        : base(string.Join(Environment.NewLine, lines))
    {
        Lines = lines;
        ExitCode = exitCode;
    }

    public IReadOnlyList<string> Lines { get; }

    public int ExitCode { get; }
}

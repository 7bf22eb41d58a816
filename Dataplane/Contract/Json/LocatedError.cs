namespace RustyRail.Contract.Json;

/// <summary>One thing wrong with a file that an operator wrote. <paramref name="Line"/> counts from 1; 0 is the file as a whole.</summary>
public sealed record LocatedError(string File, int Line, string Message)
{
    /// <summary>The one line that the operator sees.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}

namespace RustyRail.Contract.Specification;

/// <summary>Names of pools, backends and services: they appear in paths, metrics and files, so the alphabet is small.</summary>
public static class SpecificationNames
{
    public const int MaxLength = 63;

    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    public static string Refusal(string name) => $"\"{name.ReplaceLineEndings(" ")}\" is no name: 1 to 63 of a-z A-Z 0-9 . _ -";
}

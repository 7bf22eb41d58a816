namespace Netns.Tests.Lab;

/// <summary>Where the programs under test are: the checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();
    public static string Lab { get; } = Path.Combine(Root, "lab", "lab");
    public static string Out { get; } = Path.Combine(Root, "out");
    public static string RustyRail { get; } = Path.Combine(Out, "rustyrail");
    public static string Dataplane { get; } = Path.Combine(Out, "rustyrail-dataplane");

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "RustyRail.sln")))
                return directory.FullName;
        }
        throw new InvalidOperationException($"no RustyRail.sln above {AppContext.BaseDirectory}");
    }
}

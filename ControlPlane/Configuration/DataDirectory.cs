namespace RustyRail.ControlPlane.Configuration;

/// <summary>What must survive a reboot.</summary>
internal sealed record DataDirectory(string Path, string Origin)
{
    public const string Default = "/var/lib/rustyrail";

    public string Catalogue => System.IO.Path.Combine(Path, "catalogue.db");

    public static DataDirectory Choose(Setting? flag, EnvironmentVariables environment) =>
        (flag ?? environment[EnvironmentVariables.DataDirectory]) is { } named
            ? new DataDirectory(System.IO.Path.GetFullPath(named.Text), named.Origin)
            : new DataDirectory(Default, "default");
}

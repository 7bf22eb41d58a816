using System.CommandLine;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Options that several commands take, made once so that they read alike everywhere.</summary>
internal static class SharedOptions
{
    public static Option<string?> StateDir { get; } = new("--state-dir")
    {
        Description = $"Where the running instance keeps its region and socket, on tmpfs [RR_STATE_DIR; default {StateDirectory.Preferred} or {StateDirectory.Fallback}]",
        HelpName = "dir",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON for programs" };

    public static Setting? Setting(this ParseResult parsed, Option<string?> option) =>
        Configuration.Setting.From(parsed.GetValue(option), option.Name);

    public static StateDirectory ChosenStateDirectory(this ParseResult parsed) =>
        Configuration.StateDirectory.Choose(parsed.Setting(StateDir), EnvironmentVariables.OfProcess());
}

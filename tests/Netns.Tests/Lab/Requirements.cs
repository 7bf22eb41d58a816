namespace Netns.Tests.Lab;

/// <summary>What the machine must have for these tests; without it they are skipped with the reason.</summary>
internal static class Requirements
{
    private static readonly Lazy<string?> _missing = new(Find);

    public static void SkipUnlessMet() => Skip.If(_missing.Value is not null, _missing.Value ?? "");

    private static string? Find()
    {
        if (Environment.UserName != "root")
            return "needs root (network namespaces)";
        if (!File.Exists(Repository.RustyRail) || !File.Exists(Repository.Dataplane))
            return "out/ has no programs (run ./build.sh)";
        foreach (string program in (string[])["ip", "ethtool", "nginx", "curl", "nft", "ping"])
        {
            if (!IsInstalled(program))
                return $"{program} is not installed (./test.sh installs it)";
        }
        if (!File.Exists("/dev/net/tun"))
            return "the machine has no /dev/net/tun";
        Command probe = Command.Run("ip", ["netns", "add", $"{TestBed.Prefix}probe"]);
        if (probe.ExitCode != 0)
            return $"network namespaces cannot be made: {probe.Errors.Trim()}";
        Command.Run("ip", ["netns", "del", $"{TestBed.Prefix}probe"]).OrFail();
        return null;
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}

using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>Where both processes meet: the region, the dataplane's log, the admin socket. On tmpfs, so that no disk ever delays a packet.</summary>
internal sealed record StateDirectory(string Path, string Origin)
{
    public const string Preferred = "/run/rustyrail";
    public const string Fallback = "/dev/shm/rustyrail";

    public string Region => System.IO.Path.Combine(Path, "dataplane.region");
    public string Log => System.IO.Path.Combine(Path, "dataplane.log");
    public string AdminSocket => System.IO.Path.Combine(Path, "admin.sock");
    public string Lock => System.IO.Path.Combine(Path, "control.lock");

    public static StateDirectory Choose(Setting? flag, EnvironmentVariables environment)
    {
        if ((flag ?? environment[EnvironmentVariables.StateDirectory]) is { } named)
        {
            return new StateDirectory(System.IO.Path.GetFullPath(named.Text), named.Origin);
        }

        return Tmpfs.Holds(Preferred) ? new StateDirectory(Preferred, "default") : new StateDirectory(Fallback, "default");
    }

    /// <summary>One line if the region cannot live here.</summary>
    public string? Problem() =>
        File.Exists(Path) ? $"{Origin}: state directory {Path} is a file"
        : !Tmpfs.Holds(Path) ? $"{Origin}: state directory {Path} is not on tmpfs"
        : null;
}

namespace RustyRail.ControlPlane.Configuration;

/// <summary>All that start-up is told, before anything is read or believed.</summary>
internal sealed record StartRequest
{
    public required EnvironmentVariables Environment { get; init; }
    public required StateDirectory State { get; init; }
    public required DataDirectory Data { get; init; }
    public NodeSettings Flags { get; init; } = NodeSettings.Silent;
    public Setting? ConfigFile { get; init; }
    public Setting? ServicesFile { get; init; }

    /// <summary><c>run --attach</c>: the dataplane belongs to somebody else (a unit of its own), who starts and stops it.</summary>
    public bool Attach { get; init; }
}

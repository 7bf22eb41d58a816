namespace RustyRail.ControlPlane.Hosting;

/// <summary>The milestones of a run.</summary>
internal static partial class StartLog
{
    [LoggerMessage(LogLevel.Warning, "{Warning}")]
    public static partial void Warn(ILogger log, string warning);

    [LoggerMessage(LogLevel.Information, "Running on {Device}; admin API at {Admin}")]
    public static partial void Started(ILogger log, string device, string admin);

    [LoggerMessage(LogLevel.Warning, "The stored catalogue {Path} is used, and differs from --services: rustyrail apply makes it equal to a file")]
    public static partial void StoredCatalogueWins(ILogger log, string path);

    [LoggerMessage(LogLevel.Warning, "{Reason}; kept as {Aside}, and this node takes the catalogue from the others")]
    public static partial void CatalogueSetAside(ILogger log, string reason, string aside);

    [LoggerMessage(LogLevel.Warning, "{Reason}; established flows find their backends by the tables")]
    public static partial void RegionReplaced(ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "Stopping")]
    public static partial void Stopping(ILogger log);
}

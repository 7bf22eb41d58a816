namespace RustyRail.ControlPlane.Admin;

/// <summary>Where the admin API has what; one table for both ends.</summary>
internal static class AdminPaths
{
    public const string Live = "/healthz/live";
    public const string Ready = "/healthz/ready";
    public const string Metrics = "/metrics";
    public const string OpenApi = "/api/v1/openapi.json";
    public const string Status = "/api/v1/status";
    public const string Cluster = "/api/v1/cluster";
    public const string ClusterNode = Cluster + "/{node}";
    public const string Drain = "/api/v1/drain";
    public const string Leave = Drain + "/leave";
    public const string Services = "/api/v1/services";
    public const string Backends = "/api/v1/backends";
    public const string Backend = Backends + "/{pool}/{name}";
    public const string BackendState = Backend + "/state";
    public const string BackendWeight = Backend + "/weight";
    public const string Catalogue = "/api/v1/catalogue";
    public const string History = "/api/v1/history";
    public const string Change = History + "/{change}";
    public const string Undo = "/api/v1/undo";

    public static string ChangeOf(string change) => Change.Replace("{change}", Uri.EscapeDataString(change), StringComparison.Ordinal);

    public static string Of(string pattern, string pool, string name) =>
        pattern.Replace("{pool}", Uri.EscapeDataString(pool), StringComparison.Ordinal).Replace("{name}", Uri.EscapeDataString(name), StringComparison.Ordinal);
}

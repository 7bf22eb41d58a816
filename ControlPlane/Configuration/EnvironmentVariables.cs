using System.Collections;
using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>The <c>RR_*</c> variables as they were at start.</summary>
internal sealed class EnvironmentVariables(IReadOnlyDictionary<string, string> values)
{
    public const string Device = "RR_DEVICE";
    public const string TargetIps = "RR_TARGET_IPS";
    public const string Health = "RR_HEALTH";
    public const string Config = "RR_CONFIG";
    public const string Services = "RR_SERVICES";
    public const string StateDirectory = "RR_STATE_DIR";
    public const string DataDirectory = "RR_DATA_DIR";

    public static EnvironmentVariables OfProcess() => new(Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Where(entry => ((string)entry.Key).StartsWith("RR_", StringComparison.Ordinal))
        .ToImmutableDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""));

    public Setting? this[string name] => Setting.From(values.GetValueOrDefault(name), name);

    public NodeSettings Node() => new()
    {
        Device = this[Device],
        Port = this["RR_PORT"],
        Workers = this["RR_WORKERS"],
        Steering = this["RR_STEERING"],
        Routers = this["RR_ROUTERS"] is { } routers ? SettingList.Split(routers) : null,
        Addresses = this["RR_ADDRESS"] is { } addresses ? SettingList.Split(addresses) : null,
        Announce = this["RR_ANNOUNCE"],
        Cluster = new ClusterSettings
        {
            Name = this["RR_CLUSTER_NAME"],
            Node = this["RR_CLUSTER_NODE"],
            Address = this["RR_CLUSTER_ADDRESS"],
            Port = this["RR_CLUSTER_PORT"],
            Seeds = this["RR_CLUSTER_SEEDS"] is { } seeds ? SettingList.Split(seeds) : null,
            Certificate = this["RR_CLUSTER_TLS_CERTIFICATE"],
            Key = this["RR_CLUSTER_TLS_KEY"],
            Authority = this["RR_CLUSTER_TLS_AUTHORITY"],
        },
        Admin = this["RR_ADMIN"],
    };
}

using System.CommandLine;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The flags that say what to run; <c>run</c> and <c>check</c> share them, since check does what start-up does.</summary>
internal static class StartOptions
{
    private static readonly Option<string?> Config = Text("--config", "file", "Node file [RR_CONFIG]");
    private static readonly Option<string?> Services = Text("--services", "file", "Services for a catalogue that is still empty; afterwards use apply [RR_SERVICES]");
    private static readonly Option<string?> Device = Text("--device", "name", "Interface that packets come in and leave by [RR_DEVICE]");
    private static readonly Option<string?> Port = Text("--port", "kind", $"Packet I/O: {PortKinds.All} [RR_PORT; default auto]");
    private static readonly Option<string?> Workers = Text("--workers", "n", "Packet threads, 1 to 64 [RR_WORKERS; default 1]");
    private static readonly Option<string?> Steer = Text("--steering", "how", $"How packets come to the workers: {Steerings.All} [RR_STEERING; default rss]");
    private static readonly Option<string?> Routers = Text("--routers", "prefixes", "Who may send GRE, as \"192.0.2.0/24;198.51.100.1\" [RR_ROUTERS; default anybody]");
    private static readonly Option<string?> Address = Text("--address", "ip", "Source of encapsulated packets; two, of both families, as \"192.0.2.1;2001:db8::1\" [RR_ADDRESS; default the kernel's choice]");
    private static readonly Option<string?> Announce = Text("--announce", "how", "routes: a kernel route for each VIP while this node serves it, for a routing daemon to redistribute [RR_ANNOUNCE; default none]");
    private static readonly Option<string?> Admin = Text("--admin", "url", "Admin API, or none [RR_ADMIN; default http://127.0.0.1:8080]");
    private static readonly Option<string?> Node = Text("--node", "name", "This node's name, unique in the cluster [RR_CLUSTER_NODE; default the machine's name]");
    private static readonly Option<string?> ClusterAddress = Text("--cluster-address", "ip", "Where the other nodes reach this one; beyond loopback with TLS only [RR_CLUSTER_ADDRESS; default 127.0.0.1]");
    private static readonly Option<string?> ClusterPort = Text("--cluster-port", "n", $"[RR_CLUSTER_PORT; default {ClusterOptions.DefaultPort}, alone on loopback any]");
    private static readonly Option<string?> Seeds = Text("--cluster-seeds", "list", "Nodes to join, any that lives will do, as \"192.0.2.1;192.0.2.2:4054\" [RR_CLUSTER_SEEDS; default none: a cluster of one]");
    private static readonly Option<string?> Certificate = Text("--cluster-tls-certificate", "file", "PEM [RR_CLUSTER_TLS_CERTIFICATE]");
    private static readonly Option<string?> Key = Text("--cluster-tls-key", "file", "PEM, of the certificate [RR_CLUSTER_TLS_KEY]");
    private static readonly Option<string?> Authority = Text("--cluster-tls-authority", "file", "PEM, whose certificates the nodes of this cluster have [RR_CLUSTER_TLS_AUTHORITY]");
    private static readonly Option<string?> DataDir = Text("--data-dir", "dir", $"Where the catalogue is kept [RR_DATA_DIR; default {DataDirectory.Default}]");

    public static void AddTo(Command command)
    {
        Option<string?>[] all =
        [
            Config, Services, Device, Port, Workers, Steer, Routers, Address, Announce, Node, ClusterAddress, ClusterPort, Seeds, Certificate, Key, Authority, Admin, DataDir,
        ];
        foreach (Option<string?> option in all) command.Add(option);
    }

    public static StartRequest Read(ParseResult parsed)
    {
        EnvironmentVariables environment = EnvironmentVariables.OfProcess();
        return new StartRequest
        {
            Environment = environment,
            ConfigFile = parsed.Setting(Config) ?? environment[EnvironmentVariables.Config],
            ServicesFile = parsed.Setting(Services) ?? environment[EnvironmentVariables.Services],
            State = parsed.ChosenStateDirectory(),
            Data = DataDirectory.Choose(parsed.Setting(DataDir), environment),
            Flags = new NodeSettings
            {
                Device = parsed.Setting(Device),
                Port = parsed.Setting(Port),
                Workers = parsed.Setting(Workers),
                Steering = parsed.Setting(Steer),
                Routers = parsed.Setting(Routers) is { } routers ? SettingList.Split(routers) : null,
                Addresses = parsed.Setting(Address) is { } addresses ? SettingList.Split(addresses) : null,
                Announce = parsed.Setting(Announce),
                Cluster = new ClusterSettings
                {
                    Node = parsed.Setting(Node),
                    Address = parsed.Setting(ClusterAddress),
                    Port = parsed.Setting(ClusterPort),
                    Seeds = parsed.Setting(Seeds) is { } seeds ? SettingList.Split(seeds) : null,
                    Certificate = parsed.Setting(Certificate),
                    Key = parsed.Setting(Key),
                    Authority = parsed.Setting(Authority),
                },
                Admin = parsed.Setting(Admin),
            },
        };
    }

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}

using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>How the values of the specification are spelled in services.json, on the command line and in every output.</summary>
public static class SpecificationWords
{
    public static WordTable<BackendState> States { get; } = new(("active", BackendState.Active), ("draining", BackendState.Draining));

    public static WordTable<SendForm> SendForms { get; } = new(
        ("gre", SendForm.Gre), ("ipip", SendForm.Ipip), ("l2", SendForm.L2), ("gue", SendForm.Gue), ("vxlan", SendForm.Vxlan), ("geneve", SendForm.Geneve));

    public static WordTable<Affinity> Affinities { get; } = new(
        ("5-tuple", Affinity.FiveTuple), ("source", Affinity.Source), ("addresses", Affinity.Addresses));

    public static WordTable<Protocol> Protocols { get; } = new(
        ("tcp", Protocol.Tcp), ("udp", Protocol.Udp), ("icmp", Protocol.Icmp), ("any", Protocol.Any));

    public static WordTable<HealthCheckType> Checks { get; } = new(
        ("none", HealthCheckType.None), ("tcp", HealthCheckType.Tcp), ("http", HealthCheckType.Http), ("https", HealthCheckType.Https),
        ("grpc", HealthCheckType.Grpc), ("dns", HealthCheckType.Dns), ("udp", HealthCheckType.Udp), ("icmp", HealthCheckType.Icmp), ("exec", HealthCheckType.Exec));

    public static WordTable<ProbePath> ProbePaths { get; } = new(("direct", ProbePath.Direct), ("tunnel", ProbePath.Tunnel));

    public static WordTable<OnTooFew> OnTooFew { get; } = new(("keep-all", Specification.OnTooFew.KeepAll), ("withdraw", Specification.OnTooFew.Withdraw));
}

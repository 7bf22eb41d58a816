namespace RustyRail.Contract.Specification;

/// <summary>What an operator wants of a backend. Health is judged apart from it.</summary>
public enum BackendState : byte
{
    /// <summary>Takes new and established flows while healthy.</summary>
    Active,
    /// <summary>Keeps its established flows and gets no new ones.</summary>
    Draining,
}

/// <summary>How packets leave for the backend.</summary>
public enum SendForm : byte { Gre, Ipip, L2, Gue, Vxlan, Geneve }

/// <summary>What makes two packets one flow.</summary>
public enum Affinity : byte
{
    /// <summary>Addresses, ports and protocol.</summary>
    FiveTuple,
    /// <summary>Source address alone.</summary>
    Source,
    /// <summary>Source and destination address.</summary>
    Addresses,
}

/// <summary>IANA protocol numbers; <see cref="Any"/> matches every protocol.</summary>
public enum Protocol : byte { Any = 0, Icmp = 1, Tcp = 6, Udp = 17 }

/// <summary>Kinds of health check; <see cref="None"/> is always up.</summary>
public enum HealthCheckType : byte { None, Tcp, Http, Https, Grpc, Dns, Udp, Icmp, Exec }

/// <summary>Which way a probe goes.</summary>
public enum ProbePath : byte
{
    /// <summary>To the backend's own address.</summary>
    Direct,
    /// <summary>Encapsulated, to the VIP, as traffic goes.</summary>
    Tunnel,
}

/// <summary>What a pool does when fewer than <c>minHealthy</c> backends are up.</summary>
public enum OnTooFew : byte { KeepAll, Withdraw }

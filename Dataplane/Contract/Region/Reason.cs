namespace RustyRail.Contract.Region;

/// <summary>Why a packet was not forwarded. Names and numbers are a contract: extend at the end, never rename or reuse.</summary>
internal enum Reason : byte
{
    None = 0,
    /// <summary>Shorter than its headers need.</summary>
    Runt = 1,
    /// <summary>A length field contradicts the frame or another length.</summary>
    BadLength = 2,
    BadChecksum = 3,
    /// <summary>A version or header length that cannot be.</summary>
    BadHeader = 4,
    /// <summary>A later fragment whose first was not seen.</summary>
    FragmentUnknown = 5,
    /// <summary>GRE version other than 0, or the obsolete routing field (RFC 2784 section 2.1).</summary>
    GreUnsupported = 6,
    SourceNotAllowed = 7,
    /// <summary>Not for a service: the host's.</summary>
    NoService = 8,
    NoBackend = 9,
    NoNextHop = 10,
    TooBig = 11,
    TtlExpired = 12,
    RateLimited = 13,
    TxFull = 14,
    HostFull = 15,
    /// <summary>Answered: an echo request to a VIP.</summary>
    Echo = 16,
    /// <summary>The ring to the worker that the packet's flow belongs to was full.</summary>
    SteerFull = 17,
}

internal static class ReasonNames
{
    private static readonly string[] Names =
    [
        "none", "runt", "badLength", "badChecksum", "badHeader", "fragmentUnknown", "greUnsupported", "sourceNotAllowed",
        "noService", "noBackend", "noNextHop", "tooBig", "ttlExpired", "rateLimited", "txFull", "hostFull", "echo",
        "steerFull",
    ];

    public static int Count => Names.Length;

    public static string Name(this Reason reason) => Names[(int)reason];
}

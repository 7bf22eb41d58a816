using RustyRail.Contract.Json;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>How packets get in and out.</summary>
internal enum PortKind
{
    Auto,
    Netmap,
    AfXdp,
    AfPacket,
}

/// <summary>Spelled as in files, on the command line and in every output.</summary>
internal static class PortKinds
{
    public static WordTable<PortKind> Words { get; } = new(
        ("auto", PortKind.Auto), ("netmap", PortKind.Netmap), ("af_xdp", PortKind.AfXdp), ("af_packet", PortKind.AfPacket));

    public static string All => string.Join(", ", Words.Words);
}

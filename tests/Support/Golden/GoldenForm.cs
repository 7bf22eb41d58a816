namespace RustyRail.Tests.Support.Golden;

/// <summary>The send forms, spelled as in services.json, with the bytes that each puts before the inner packet.</summary>
internal sealed record GoldenForm(string Word, int BytesBehindIp, bool IsOverlay = false, bool IsTunnel = true)
{
    private const int Udp = 8, Ethernet = 14;

    public static GoldenForm Gre { get; } = new("gre", 4);
    public static GoldenForm Ipip { get; } = new("ipip", 0);
    public static GoldenForm L2 { get; } = new("l2", 0, IsTunnel: false);
    public static GoldenForm Gue { get; } = new("gue", Udp + 4);
    public static GoldenForm Vxlan { get; } = new("vxlan", Udp + 8 + Ethernet, IsOverlay: true);
    public static GoldenForm Geneve { get; } = new("geneve", Udp + 8 + Ethernet, IsOverlay: true);

    public static IReadOnlyList<GoldenForm> All { get; } = [Gre, Ipip, L2, Gue, Vxlan, Geneve];

    /// <summary>Of a new tunnel to that server.</summary>
    public int Overhead(GoldenServer server) => IsTunnel ? BytesBehindIp + (server.IsIpv6 ? 40 : 20) : 0;
}

using RustyRail.Contract.Json;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>How routers learn that this node takes the VIPs' packets.</summary>
internal enum Announcement
{
    /// <summary>They are configured, or ask <c>/healthz/ready</c>.</summary>
    None,

    /// <summary>By routes of ours in the kernel, which a routing daemon redistributes.</summary>
    Routes,
}

/// <summary>Spelled as in files and on the command line.</summary>
internal static class Announcements
{
    public static WordTable<Announcement> Words { get; } = new(("none", Announcement.None), ("routes", Announcement.Routes));

    public static string All => string.Join(", ", Words.Words);
}

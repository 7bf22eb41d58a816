namespace RustyRail.ControlPlane.Configuration;

/// <summary>Where the admin API listens beside its Unix socket.</summary>
internal sealed record AdminOptions
{
    /// <summary>Loopback unless told otherwise: the API authenticates nobody.</summary>
    public static Uri DefaultUrl { get; } = new("http://127.0.0.1:8080");

    /// <summary>Null (<c>none</c>): the Unix socket alone.</summary>
    public Uri? Url { get; init; } = DefaultUrl;
}

using System.Globalization;
using System.Reflection;
using Akka.Cluster;

namespace RustyRail.Actors.Formation;

/// <summary>
/// The format of what nodes send each other. It goes up when an older program could not read, or would lose, what a newer one writes; a field at the end of
/// a record that means nothing to it is no reason. A new program reads its predecessor's, so that nodes can be upgraded one by one; until the last one is, the
/// catalogue says nothing that the older ones would lose (CatalogueFormat).
/// </summary>
internal static class ClusterFormat
{
    /// <summary>1: services over IPv4 and GRE. 2: IPv6, the other send forms with their overlays, MSS clamps.</summary>
    public const int Current = 2;
    public const int Oldest = 1;

    // A member's roles travel with its membership. Programs of format 1 have none that says so.
    private const string RolePrefix = "format-";

    public static string Program { get; } =
        typeof(ClusterFormat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static string RoleOf(int format) => string.Create(CultureInfo.InvariantCulture, $"{RolePrefix}{format}");

    public static int Of(Member member) => member.Roles
        .Where(role => role.StartsWith(RolePrefix, StringComparison.Ordinal))
        .Select(role => int.TryParse(role.AsSpan(RolePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int format) ? format : 1)
        .DefaultIfEmpty(1)
        .Max();
}

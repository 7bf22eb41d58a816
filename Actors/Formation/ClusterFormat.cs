using System.Reflection;

namespace RustyRail.Actors.Formation;

/// <summary>
/// The format of what nodes send each other. It goes up when an older program could not read, or would lose, what a newer one writes; a field at the end of
/// a record is no reason. A new program reads its predecessor's, so that nodes can be upgraded one by one.
/// </summary>
internal static class ClusterFormat
{
    public const int Current = 1;
    public const int Oldest = 1;

    public static string Program { get; } =
        typeof(ClusterFormat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}

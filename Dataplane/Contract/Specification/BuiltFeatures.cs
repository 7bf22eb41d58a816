using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>
/// What the specification can say and this program can do. The rest of each enum is refused with one line until it is built;
/// building it means adding it here and nowhere else in this room.
/// </summary>
public static class BuiltFeatures
{
    public static SendForm[] SendForms => [SendForm.Gre, SendForm.Ipip, SendForm.L2, SendForm.Gue, SendForm.Vxlan, SendForm.Geneve];

    public static Affinity[] Affinities => [Affinity.FiveTuple, Affinity.Source, Affinity.Addresses];

    public static Protocol[] Protocols => [Protocol.Tcp, Protocol.Udp, Protocol.Icmp, Protocol.Any];

    public static HealthCheckType[] Checks => [HealthCheckType.None, HealthCheckType.Tcp, HealthCheckType.Http, HealthCheckType.Icmp];

    public static ProbePath[] ProbePaths => [ProbePath.Direct];

    public static OnTooFew[] OnTooFew => [Specification.OnTooFew.KeepAll];

    /// <summary>Null when built; else <c>via "tunnel" is not built yet; direct is</c>.</summary>
    public static string? Refusal<T>(string key, T wanted, T[] built, WordTable<T> words) where T : struct, Enum
    {
        if (Array.IndexOf(built, wanted) >= 0) return null;
        string[] known = [.. built.Select(words.WordOf)];
        string list = known.Length == 1 ? $"{known[0]} is" : $"{string.Join(", ", known[..^1])} and {known[^1]} are";
        return $"{key} \"{words.WordOf(wanted)}\" is not built yet; {list}";
    }
}

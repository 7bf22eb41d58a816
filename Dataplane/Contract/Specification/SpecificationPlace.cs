namespace RustyRail.Contract.Specification;

/// <summary>What a rule complains about: an entry of the catalogue, and its key ("" for the entry as a whole). The parser knows its line.</summary>
/// <param name="Entry">As messages name it: <c>pool web</c>, <c>backend web/server1</c>, <c>service web</c>; "" for the catalogue.</param>
public readonly record struct SpecificationPlace(string Entry, string Key)
{
    public static SpecificationPlace Catalogue(string key) => new("", key);

    public static SpecificationPlace Of(PoolId pool, string key = "") => new($"pool {pool}", key);

    public static SpecificationPlace Of(BackendId backend, string key = "") => new($"backend {backend}", key);

    public static SpecificationPlace Of(ServiceId service, string key = "") => new($"service {service}", key);
}

/// <summary>A broken rule. <paramref name="Other"/> is the second party of a conflict.</summary>
public sealed record SpecificationFault(SpecificationPlace Place, string Message, SpecificationPlace? Other = null)
{
    public override string ToString() => Place.Entry.Length == 0 ? Message : $"{Place.Entry}: {Message}";
}

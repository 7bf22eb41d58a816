using System.Text;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Admin;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Backends as people name them: POOL/NAME, or the name alone where it can mean one thing only.</summary>
internal static class BackendNames
{
    public static async Task<BackendId> OfExistingAsync(AdminClient client, string written, CancellationToken cancel) =>
        Split(written) ?? Existing(await CatalogueAsync(client, cancel), written);

    public static async Task<BackendId> ForNewAsync(AdminClient client, string written, CancellationToken cancel) =>
        Split(written) ?? New(await CatalogueAsync(client, cancel), written);

    public static async Task<CatalogueSpec> CatalogueAsync(AdminClient client, CancellationToken cancel) =>
        Parse((await client.GetCatalogueAsync(cancel)).Text);

    public static CatalogueSpec Parse(string text)
    {
        ParsedSpecification parsed = SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "the running instance's catalogue", SpecificationLimits.Default);
        return parsed.Spec ?? throw new OperatorException(parsed.Errors[0].ToString(), ExitCode.Failed);
    }

    internal static BackendId Existing(CatalogueSpec spec, string name)
    {
        BackendId[] found = [.. spec.Pools.Values.SelectMany(pool => pool.Backends.Keys).Where(id => id.Name == name)];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new OperatorException($"backend \"{name}\": there is none of that name"),
            _ => throw new OperatorException($"backend \"{name}\" is ambiguous: say {string.Join(" or ", found)}"),
        };
    }

    internal static BackendId New(CatalogueSpec spec, string name) => spec.Pools.Count switch
    {
        1 => new BackendId(spec.Pools.Keys.First(), name),
        0 => throw new OperatorException($"backend \"{name}\": there is no pool to add it to; apply a catalogue with one first"),
        _ => throw new OperatorException($"backend \"{name}\": there are {spec.Pools.Count} pools; say POOL/{name}"),
    };

    internal static BackendId? Split(string written)
    {
        string[] parts = written.Split('/');
        if (parts.Length == 1) return null;
        return parts.Length == 2 && parts.All(SpecificationNames.IsName)
            ? new BackendId(new PoolId(parts[0]), parts[1])
            : throw new OperatorException($"\"{written}\" is not POOL/NAME");
    }
}

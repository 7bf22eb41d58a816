using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>
/// Shapes only: kinds of values, words, names written twice. What the values may be is the validator's. An entry with a wrong value is still bound,
/// with the default in its place, so that the rest of the file is checked too.
/// </summary>
internal sealed class CatalogueBinder(LocatedErrors errors, LineBook lines)
{
    public CatalogueSpec Bind(LocatedValue root)
    {
        ObjectBinder file = new(root, "the file", SpecificationKeys.Root, errors);
        ImmutableSortedDictionary<PoolId, PoolSpec>.Builder pools = ImmutableSortedDictionary.CreateBuilder<PoolId, PoolSpec>();
        foreach (LocatedProperty member in file.Members("pools"))
        {
            PoolId id = new(member.Name);
            pools.Add(id, BindPool(id, member));
        }

        ImmutableSortedDictionary<ServiceId, ServiceSpec>.Builder services = ImmutableSortedDictionary.CreateBuilder<ServiceId, ServiceSpec>();
        foreach (LocatedValue item in file.Items("services"))
        {
            if (BindService(item) is { } service) services.Add(service.Id, service);
        }

        return new CatalogueSpec(pools.ToImmutable(), services.ToImmutable());
    }

    private PoolSpec BindPool(PoolId id, LocatedProperty member)
    {
        ObjectBinder pool = new(member.Value, "pool", SpecificationKeys.Pool, errors);
        lines.Note(SpecificationPlace.Of(id), member.Line);
        Note(pool, SpecificationKeys.Pool, key => SpecificationPlace.Of(id, key));
        ImmutableSortedDictionary<BackendId, BackendSpec>.Builder backends = ImmutableSortedDictionary.CreateBuilder<BackendId, BackendSpec>();
        foreach (LocatedValue item in pool.Items("backends"))
        {
            if (BindBackend(id, item) is { } backend) backends.Add(backend.Id, backend);
        }

        return new PoolSpec(
            id,
            pool.Number("tableSize", PoolSpec.DefaultTableSize),
            HealthBinder.Bind(pool, id, lines),
            pool.Number("minHealthy", PoolSpec.DefaultMinHealthy),
            pool.Word("onTooFew", SpecificationWords.OnTooFew) ?? OnTooFew.KeepAll,
            backends.ToImmutable());
    }

    private BackendSpec? BindBackend(PoolId pool, LocatedValue item)
    {
        ObjectBinder backend = new(item, "backend", SpecificationKeys.Backend, errors);
        if (item.Kind != JsonValueKind.Object) return null;
        string? name = NameOf(backend, written => SpecificationPlace.Of(new BackendId(pool, written)));
        IPAddress? address = AddressOf(backend);
        int weight = backend.Number("weight", BackendSpec.DefaultWeight);
        BackendState state = backend.Word("state", SpecificationWords.States) ?? BackendState.Active;
        return name is null || address is null ? null : new BackendSpec(new BackendId(pool, name), address, weight, state);
    }

    private ServiceSpec? BindService(LocatedValue item)
    {
        ObjectBinder service = new(item, "service", SpecificationKeys.Service, errors);
        if (item.Kind != JsonValueKind.Object) return null;
        string? name = NameOf(service, written => SpecificationPlace.Of(new ServiceId(written)));
        IPNetwork? vip = VipOf(service);
        Protocol? protocol = service.Require("protocol") ? service.Word("protocol", SpecificationWords.Protocols) : null;
        PortRange? ports = PortsOf(service, protocol);
        string? pool = service.Require("pool") ? service.Text("pool") : null;
        SendForm? send = service.Has("send") ? service.Word("send", SpecificationWords.SendForms) : SendForm.Gre;
        Affinity affinity = service.Word("affinity", SpecificationWords.Affinities) ?? Affinity.FiveTuple;
        OverlaySpec? overlay = OverlayBinder.Bind(service, send);
        int mssClamp = service.Number("mssClamp", 0, ServiceSpec.MinMssClamp, ServiceSpec.MaxMssClamp);
        return name is null || vip is null || protocol is null || ports is null || pool is null
            ? null
            : new ServiceSpec(new ServiceId(name), vip.Value, protocol.Value, ports.Value, new PoolId(pool), send ?? SendForm.Gre, affinity) { Overlay = overlay, MssClamp = mssClamp };
    }

    /// <summary>Null when there is no name, or when it is taken: the first entry of a name stands for it.</summary>
    private string? NameOf(ObjectBinder entry, Func<string, SpecificationPlace> place)
    {
        if (!entry.Require("name") || entry.Text("name") is not { } name) return null;
        SpecificationPlace whole = place(name);
        if (lines.Find(whole) is > 0 and int taken)
        {
            entry.Refuse("name", $"{whole.Entry} is already in line {taken}");
            return null;
        }

        lines.Note(whole, entry.LineOf("name"));
        Note(entry, entry.Keys, key => whole with { Key = key });
        return name;
    }

    private static IPAddress? AddressOf(ObjectBinder backend)
    {
        if (!backend.Require("address") || backend.Text("address") is not { } text) return null;
        if (AddressText.TryParse(text, out IPAddress address)) return address;
        backend.Refuse("address", $"\"address\" of a backend must be an IP address, not {backend.Value("address")!.Quoted}");
        return null;
    }

    private static IPNetwork? VipOf(ObjectBinder service)
    {
        if (!service.Require("vip") || service.Text("vip") is not { } text) return null;
        if (AddressText.TryParsePrefix(text, out IPNetwork vip, out string problem)) return vip;
        service.Refuse("vip", $"vip {problem}");
        return null;
    }

    // Protocols without ports need none written.
    private static PortRange? PortsOf(ObjectBinder service, Protocol? protocol)
    {
        if (protocol is Protocol.Icmp or Protocol.Any && !service.Has("port")) return PortRange.Any;
        if (!service.Require("port")) return null;
        LocatedValue value = service.Value("port")!;
        if (value.Kind is JsonValueKind.Number or JsonValueKind.String && PortText.TryParse(value.Text, out PortRange ports)) return ports;
        service.Refuse("port", $"\"port\" of a service must be {PortText.Form}, not {value.Quoted}");
        return null;
    }

    private void Note(ObjectBinder entry, ImmutableArray<string> keys, Func<string, SpecificationPlace> place)
    {
        foreach (string key in keys.Where(entry.Has)) lines.Note(place(key), entry.LineOf(key));
    }
}

using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Tests.Support.Regions;

/// <summary>Services and backends of a test, and the snapshot content that the control plane would make of them.</summary>
internal sealed class TestCatalogue
{
    public const string DefaultPool = "web";

    private readonly SortedDictionary<string, SortedDictionary<string, TestBackend>> _pools = new(StringComparer.Ordinal);
    private readonly List<ServiceSpec> _services = [];

    public int TableSize { get; set; } = 251;
    public FlowHashKey HashKey { get; set; } = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, FlowHashKey.MultiplyMix);
    public List<IPNetwork> Routers { get; } = [];

    /// <param name="vip">An address or a prefix.</param>
    public TestCatalogue Service(
        string name,
        string vip,
        Protocol protocol = Protocol.Tcp,
        PortRange? ports = null,
        string pool = DefaultPool,
        Affinity affinity = Affinity.FiveTuple)
    {
        string network = vip.Contains('/', StringComparison.Ordinal) ? vip : vip.Contains(':', StringComparison.Ordinal) ? $"{vip}/128" : $"{vip}/32";
        return Service(new ServiceSpec(new ServiceId(name), IPNetwork.Parse(network), protocol, ports ?? new PortRange(80, 80), new PoolId(pool), SendForm.Gre, affinity));
    }

    public TestCatalogue Service(ServiceSpec service)
    {
        _services.Add(service);
        return Pool(service.Pool.Name);
    }

    public IReadOnlyList<ServiceSpec> Services => _services;

    public TestCatalogue RemoveService(string name)
    {
        _services.RemoveAll(service => service.Id.Name == name);
        return this;
    }

    /// <summary>A pool that may stay without backends.</summary>
    public TestCatalogue Pool(string pool)
    {
        _pools.TryAdd(pool, new(StringComparer.Ordinal));
        return this;
    }

    public TestCatalogue RemovePool(string pool)
    {
        _pools.Remove(pool);
        return this;
    }

    public TestCatalogue Backend(string name, string address, string pool = DefaultPool)
    {
        Pool(pool)._pools[pool][name] = new TestBackend(IPAddress.Parse(address));
        return this;
    }

    /// <summary>server1 .. serverN at 192.168.137.11 and up.</summary>
    public TestCatalogue Backends(int count, string pool = DefaultPool)
    {
        for (int i = 1; i <= count; i++) Backend($"server{i}", $"192.168.{137 + ((i + 10) / 256)}.{(i + 10) % 256}", pool);
        return this;
    }

    public TestCatalogue Change(string name, Func<TestBackend, TestBackend> change, string pool = DefaultPool)
    {
        _pools[pool][name] = change(_pools[pool][name]);
        return this;
    }

    public TestCatalogue Remove(string name, string pool = DefaultPool)
    {
        _pools[pool].Remove(name);
        return this;
    }

    public IReadOnlyCollection<string> Names(string pool = DefaultPool) => _pools[pool].Keys;

    public TestBackend this[string name, string pool = DefaultPool] => _pools[pool][name];

    public SnapshotContent ToContent() => new(
        "specdigest",
        "tabledigest",
        HashKey,
        [.. Routers],
        [.. _services],
        [.. _pools.Select(pool => PoolOf(new PoolId(pool.Key), pool.Value))]);

    private PoolContent PoolOf(PoolId id, SortedDictionary<string, TestBackend> backends)
    {
        KeyValuePair<string, TestBackend>[] taking = [.. backends.Where(backend => backend.Value.TakesNew)];
        ushort[] entries = MaglevBuilder.Build([.. taking.Select(backend => backend.Key)], [.. taking.Select(backend => backend.Value.Weight)], TableSize);
        return new PoolContent(id, entries.Length == 0 ? null : entries, [.. backends.Select(backend => backend.Value.ToContent(new BackendId(id, backend.Key)))]);
    }
}

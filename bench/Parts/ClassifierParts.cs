using System.Net;
using BenchmarkDotNet.Attributes;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Host;
using RustyRail.Dataplane.Host.Bench;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Bench.Parts;

/// <summary>From (VIP, protocol, port) to a service, without the cache of recent answers in front.</summary>
public unsafe class ClassifierParts
{
    private const int Count = 1024;
    private const ushort Port80Raw = 0x5000, Port9Raw = 0x0900;

    private readonly IpKey[] _vips = new IpKey[Count];
    private RegionFile? _region;
    private Classifier _classifier;

    [Params(1, 1000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Publish()
    {
        CatalogueSpec catalogue = BenchCatalogue.Of(10);
        ServiceSpec first = catalogue.Services.Values.First();
        for (int i = 1; i < Services; i++)
        {
            ServiceId id = new($"bench{i}");
            catalogue = catalogue with { Services = catalogue.Services.Add(id, first with { Id = id, Vip = new IPNetwork(Vip(i), 32) }) };
        }

        _region = PaperNetwork.Publish(catalogue, RegionCapacities.Default);
        RegionView view = new(_region);
        _classifier = new Classifier(view.Snapshot(view.Header->Generation), _region.Capacities);
        Random random = new(1);
        for (int i = 0; i < Count; i++) _vips[i] = IpKey.From(Vip(random.Next(Services)));
    }

    [GlobalCleanup]
    public void Close() => _region?.Dispose();

    [Benchmark(OperationsPerInvoke = Count)]
    public int OfService() => Find(Port80Raw);

    /// <summary>A VIP's other ports: the exact table has none, and no rule either.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int OfNone() => Find(Port9Raw);

    private static IPAddress Vip(int i) => new([10, 1, (byte)(i >> 8), (byte)(i + 1)]);

    private int Find(ushort port)
    {
        int all = 0;
        foreach (IpKey vip in _vips) all += _classifier.Find(vip, IpProtocol.Tcp, port, fromRouter: true);
        return all;
    }
}

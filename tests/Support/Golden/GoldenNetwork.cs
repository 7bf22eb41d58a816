using System.Net;
using System.Text;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;

namespace RustyRail.Tests.Support.Golden;

/// <summary>A catalogue of the table as <c>replay</c> has it: all backends healthy and next door. Written anew, so that both are held to the same table.</summary>
internal static class GoldenNetwork
{
    /// <summary>The device's address, low byte first.</summary>
    public const ulong DeviceMac = 0x0100_0000_0002;

    public static RegionCapacities Capacities { get; } = TestRegion.Small with { TableArenaBytes = 1 << 22, FlowsPerWorker = 1 << 14, Ipv6FlowsPerWorker = 1 << 14 };

    private static readonly FlowHashKey _key = new(0x5275_7374_7952_6169, 0x6C52_6573_706F_6E73, FlowHashKey.MultiplyMix);

    /// <exception cref="FormatException">The program does not take the catalogue.</exception>
    public static CatalogueSpec Parse(GoldenCatalogue catalogue)
    {
        ParsedSpecification parsed = SpecificationParser.Parse(Encoding.UTF8.GetBytes(catalogue.Json), $"catalogue \"{catalogue}\"", SpecificationLimits.Default);
        return parsed.Spec ?? throw new FormatException(string.Join("; ", parsed.Errors));
    }

    public static SnapshotContent ContentOf(GoldenCatalogue catalogue)
    {
        CatalogueSpec spec = Parse(catalogue);
        return new SnapshotContent("", "", _key, [.. catalogue.Routers.Select(router => IPNetwork.Parse(router))],
            [.. spec.Services.Values], [.. spec.Pools.Values.Select(PoolOf)]);
    }

    private static PoolContent PoolOf(PoolSpec pool)
    {
        BackendSpec[] active = [.. pool.Backends.Values.Where(backend => backend.State == BackendState.Active)];
        ushort[] entries = MaglevBuilder.Build([.. active.Select(backend => backend.Id.Name)], [.. active.Select(backend => backend.Weight)], pool.TableSize);
        return new PoolContent(pool.Id, active.Length == 0 ? null : entries, [.. pool.Backends.Values.Select(BackendOf)]);
    }

    private static BackendContent BackendOf(BackendSpec backend)
    {
        GoldenServer server = GoldenServer.Named(backend.Id.Name);
        IPAddress source = IPAddress.Parse(server.IsIpv6 ? Cast.Balancer6 : Cast.Balancer4);
        NextHopContent nextHop = new([.. PacketBuilder.Mac(server.Mac)], [.. PacketBuilder.Mac(Cast.BalancerMac)], source, Cast.MtuBytes);
        return new BackendContent(backend.Id, backend.Address, backend.State == BackendState.Active, TakesEstablished: true, Health: 1, nextHop);
    }
}

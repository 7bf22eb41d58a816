using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Host;

/// <summary>A catalogue as it would be with every backend healthy and reachable, for runs without a network or a control plane.</summary>
internal static class PaperNetwork
{
    private const ushort MtuBytes = 1500;
    private static readonly IPAddress Balancer = IPAddress.Parse("192.168.137.188"), BalancerIpv6 = IPAddress.Parse("2001:db8:137::188");
    private static readonly ImmutableArray<byte> BalancerMac = [2, 0, 0, 0, 0, 1];

    /// <summary>A fixed key: the same capture gives the same choice every time.</summary>
    private const ulong Key0 = 0x5275_7374_7952_6169, Key1 = 0x6C52_6573_706F_6E73;

    /// <summary>A region of its own with the catalogue published. The caller disposes it.</summary>
    /// <param name="hash"><see cref="FlowHashKey.Algorithm"/></param>
    /// <exception cref="RegionException">The catalogue exceeds a capacity.</exception>
    public static RegionFile Publish(CatalogueSpec spec, RegionCapacities capacities, int hash = FlowHashKey.MultiplyMix)
    {
        RegionFile region = RegionFile.CreateAnonymous(capacities);
        try
        {
            PublishInto(region, spec, hash);
            return region;
        }
        catch
        {
            region.Dispose();
            throw;
        }
    }

    /// <summary>The same into a region that the caller has made, for a worker in another process.</summary>
    /// <exception cref="RegionException">The catalogue exceeds a capacity.</exception>
    public static void PublishInto(RegionFile region, CatalogueSpec spec, int hash = FlowHashKey.MultiplyMix)
    {
        SnapshotContent content = new(SpecificationDigest.Of(spec), "", new FlowHashKey(Key0, Key1, hash), [], [.. spec.Services.Values], [.. spec.Pools.Values.Select(PoolOf)]);
        new SnapshotPublisher(region).TryPublish(content);
    }

    private static PoolContent PoolOf(PoolSpec pool)
    {
        BackendSpec[] active = [.. pool.Backends.Values.Where(backend => backend.State == BackendState.Active)];
        ushort[] table = MaglevBuilder.Build(
            active.Select(backend => backend.Id.Name).ToArray(), active.Select(backend => backend.Weight).ToArray(), pool.TableSize);
        return new PoolContent(pool.Id, table, [.. pool.Backends.Values.Select(BackendOf)]);
    }

    private static BackendContent BackendOf(BackendSpec backend) =>
        new(backend.Id, backend.Address, backend.State == BackendState.Active, TakesEstablished: true, Health: 1,
            new NextHopContent(MadeUpMac(backend.Address), BalancerMac, backend.Address.AddressFamily == AddressFamily.InterNetwork ? Balancer : BalancerIpv6, MtuBytes));

    /// <summary>02:01 and the address, of IPv6 its last four bytes: locally administered, and readable in a capture.</summary>
    private static ImmutableArray<byte> MadeUpMac(IPAddress address)
    {
        Span<byte> mac = stackalloc byte[6];
        mac[0] = 2;
        mac[1] = 1;
        address.GetAddressBytes().AsSpan()[^4..].CopyTo(mac[2..]);
        return [.. mac];
    }
}

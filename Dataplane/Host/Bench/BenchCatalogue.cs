using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>One service on TCP port 80 of one of the two VIPs, and its backends 10.2.0.0, 10.2.0.1, ...</summary>
internal static class BenchCatalogue
{
    public static readonly IPNetwork Vip = IPNetwork.Parse("10.1.0.1/32"), VipIpv6 = IPNetwork.Parse("2001:db8:1::1/128");

    private static readonly PoolId Pool = new("bench");

    public static CatalogueSpec Of(int backends) => Of(backends, Vip, static _ => BackendState.Active);

    public static CatalogueSpec Of(int backends, IPNetwork vip, Func<int, BackendState> stateOf)
    {
        ImmutableSortedDictionary<BackendId, BackendSpec>.Builder members = ImmutableSortedDictionary.CreateBuilder<BackendId, BackendSpec>();
        for (int i = 0; i < backends; i++)
        {
            BackendId id = new(Pool, $"backend{i:D5}");
            members[id] = new BackendSpec(id, new IPAddress([10, 2, (byte)(i >> 8), (byte)i]), BackendSpec.DefaultWeight, stateOf(i));
        }

        PoolSpec pool = new(Pool, PoolSpec.DefaultTableSize, HealthSpec.None, 1, OnTooFew.KeepAll, members.ToImmutable());
        ServiceId service = new("bench");
        ServiceSpec web = new(service, vip, Protocol.Tcp, new PortRange(80, 80), Pool, SendForm.Gre, Affinity.FiveTuple);
        return new CatalogueSpec(CatalogueSpec.Empty.Pools.Add(Pool, pool), CatalogueSpec.Empty.Services.Add(service, web));
    }
}

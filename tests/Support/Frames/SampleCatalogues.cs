using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Tests.Support.Regions;

namespace RustyRail.Tests.Support.Frames;

/// <summary>The same VIPs in every send form, to backends of either family or both; with catch-alls; with backends that cannot be sent to.</summary>
internal static class SampleCatalogues
{
    private const int MssClamp = 1200, Vni = 0x0ABCDE;
    private const string Four = "four", Six = "six", Both = "both", Nobody = "nobody", Lost = "lost";

    private static readonly SendForm[] Forms = Enum.GetValues<SendForm>();

    /// <summary>Each send form to IPv4, to IPv6, to both; then mixed ones.</summary>
    public static int Count => (Forms.Length * 3) + 3;

    /// <summary>A new one that the caller may change.</summary>
    public static TestCatalogue Numbered(int number)
    {
        if (number < Forms.Length * 3) return Of(Forms[number / 3], new[] { Four, Six, Both }[number % 3]);
        return (number - (Forms.Length * 3)) switch
        {
            0 => Of(SendForm.Gre, Four).Service(All("everything", "0.0.0.0/0", SendForm.Gre, Both)).Service(All("everything6", "::/0", SendForm.Ipip, Six)),
            1 => Of(SendForm.Gre, Nobody).Service(All("everything", "0.0.0.0/0", SendForm.L2, Lost)),
            _ => Mixed(),
        };
    }

    private static TestCatalogue Of(SendForm form, string pool)
    {
        TestCatalogue catalogue = Begin();
        catalogue.Service(One("web", ClientPackets.Web, Protocol.Tcp, 80, 80, form, pool));
        catalogue.Service(One("dns", ClientPackets.Web, Protocol.Udp, 53, 53, form, pool));
        catalogue.Service(One("tls", ClientPackets.Web, Protocol.Tcp, 443, 443, form, pool) with { MssClamp = MssClamp });
        catalogue.Service(One("range", ClientPackets.Ranged, Protocol.Tcp, 8000, 8999, form, pool) with { Affinity = Affinity.Addresses });
        catalogue.Service(One("ping", ClientPackets.Ranged, Protocol.Icmp, 0, 65535, form, pool));
        catalogue.Service(All("net", "10.2.0.0/24", form, pool) with { Affinity = Affinity.Source });
        catalogue.Service(One("web6", ClientPackets.Web6, Protocol.Tcp, 80, 80, form, pool));
        catalogue.Service(One("dns6", ClientPackets.Web6, Protocol.Udp, 53, 53, form, pool));
        catalogue.Service(One("tls6", ClientPackets.Web6, Protocol.Tcp, 443, 443, form, pool) with { MssClamp = MssClamp });
        catalogue.Service(One("range6", ClientPackets.Ranged6, Protocol.Tcp, 8000, 8999, form, pool) with { Affinity = Affinity.Source });
        catalogue.Service(One("ping6", ClientPackets.Ranged6, Protocol.Icmp, 0, 65535, form, pool));
        return catalogue.Service(All("net6", "2001:db8:2::/64", form, pool) with { Affinity = Affinity.Addresses });
    }

    /// <summary>Services of one address that differ in form and pool, prefixes within prefixes.</summary>
    private static TestCatalogue Mixed() => Begin()
        .Service(One("web", ClientPackets.Web, Protocol.Tcp, 80, 80, SendForm.Gre, Both))
        .Service(One("dns", ClientPackets.Web, Protocol.Udp, 53, 53, SendForm.Gue, Four))
        .Service(One("tls", ClientPackets.Web, Protocol.Tcp, 443, 443, SendForm.Vxlan, Four) with { MssClamp = MssClamp })
        .Service(All("net", "10.2.0.0/24", SendForm.Ipip, Lost))
        .Service(One("narrow", "10.2.0.128/25", Protocol.Tcp, 443, 443, SendForm.L2, Four))
        .Service(One("range", ClientPackets.Ranged, Protocol.Udp, 8000, 8999, SendForm.Geneve, Six) with { Affinity = Affinity.Source })
        .Service(One("web6", ClientPackets.Web6, Protocol.Tcp, 80, 80, SendForm.L2, Both) with { Affinity = Affinity.Addresses })
        .Service(One("dns6", ClientPackets.Web6, Protocol.Udp, 53, 53, SendForm.Gre, Lost))
        .Service(All("net6", "2001:db8:2::/48", SendForm.Geneve, Both))
        .Service(One("range6", ClientPackets.Ranged6, Protocol.Tcp, 8000, 8999, SendForm.Gre, Nobody));

    private static TestCatalogue Begin()
    {
        TestCatalogue catalogue = new TestCatalogue().Backends(3, Four).Pool(Nobody)
            .Change("server2", server => server with { MtuBytes = 1400 }, Four)
            .Backend("s1", "2001:db8:137::11", Six).Backend("s2", "2001:db8:137::12", Six)
            .Backend("a", "192.168.137.21", Both).Backend("b", "2001:db8:137::21", Both).Backend("c", "192.168.137.22", Both)
            .Change("c", server => server with { MtuBytes = 9000 }, Both)
            .Backend("gone", "192.168.137.31", Lost).Backend("here", "192.168.137.32", Lost)
            .Change("gone", server => server with { HasNextHop = false }, Lost);
        catalogue.Routers.Add(IPNetwork.Parse("192.168.137.0/24"));
        catalogue.Routers.Add(IPNetwork.Parse("2001:db8:137::/48"));
        return catalogue;
    }

    private static ServiceSpec All(string name, string prefix, SendForm form, string pool) => With(new(new ServiceId(name), IPNetwork.Parse(prefix), Protocol.Any, PortRange.Any, new PoolId(pool), form, Affinity.FiveTuple));

    private static ServiceSpec One(string name, string vip, Protocol protocol, int from, int to, SendForm form, string pool) =>
        With(new(new ServiceId(name), Network(vip), protocol, new PortRange((ushort)from, (ushort)to), new PoolId(pool), form, Affinity.FiveTuple));

    private static IPNetwork Network(string vip) => IPNetwork.Parse(vip.Contains('/', StringComparison.Ordinal) ? vip : vip.Contains(':', StringComparison.Ordinal) ? $"{vip}/128" : $"{vip}/32");

    private static ServiceSpec With(ServiceSpec service) => service.Send is SendForm.Vxlan or SendForm.Geneve ? service with { Overlay = new OverlaySpec(Vni, 0x02CC_0000_0001, OverlaySpec.DefaultSource) } : service;
}

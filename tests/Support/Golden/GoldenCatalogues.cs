using static RustyRail.Tests.Support.Golden.GoldenCatalogue;

namespace RustyRail.Tests.Support.Golden;

/// <summary>The catalogues of the table. A pool of one server shows bytes, a pool of five shows who goes with whom.</summary>
internal static class GoldenCatalogues
{
    private static readonly string
        _one = Pool("one", GoldenServer.Four1), _other = Pool("other", GoldenServer.Four[1]), _many = Pool("many", GoldenServer.Four),
        _one6 = Pool("one6", GoldenServer.Six1), _other6 = Pool("other6", GoldenServer.Six[1]);

    /// <summary>IPv4 over GRE. The second VIP's services differ in their pools.</summary>
    public static GoldenCatalogue Web { get; } = Of(
        "web over GRE",
        [
            Service("web", Cast.Vip4, "tcp", "80", "one"), Service("dns", Cast.Vip4, "udp", "53", "one"),
            Service("shop", "10.1.0.3", "tcp", "80", "one"), Service("shop-tls", "10.1.0.3", "tcp", "443", "other"),
        ],
        _one, _other);

    /// <summary>The same of IPv6, to IPv6 servers.</summary>
    public static GoldenCatalogue Web6 { get; } = Of(
        "IPv6 web over GRE",
        [
            Service("web6", Cast.Vip6, "tcp", "80", "one6"), Service("dns6", Cast.Vip6, "udp", "53", "one6"),
            Service("shop6", "2001:db8:1::3", "tcp", "80", "one6"), Service("shop6-tls", "2001:db8:1::3", "tcp", "443", "other6"),
        ],
        _one6, _other6);

    public static GoldenCatalogue WithRouters { get; } = Web with { Name = "web from known routers", Routers = ["192.0.2.0/24", "198.51.100.7/32", "2001:db8:77::/64"] };

    /// <summary>Every send form for either family, to servers of either.</summary>
    public static GoldenCatalogue Forms { get; } = Of(
        "all send forms",
        from form in GoldenForm.All
        from isIpv6 in Cast.EitherFamily
        from server in GoldenServer.EitherFamily
        select Service(FormService(form, isIpv6, server), FormVip(form, isIpv6, server), "tcp", "80", server.IsIpv6 ? "one6" : "one", Send(form)),
        _one, _one6);

    public static GoldenCatalogue Many { get; } = Of(
        "five servers",
        [
            Service("many", "10.5.0.1", "tcp", "80", "many"), Service("many-tls", "10.5.0.1", "tcp", "443", "many"), Service("many-dns", "10.5.0.1", "udp", "53", "many"),
            Service("split", "10.5.0.2", "tcp", "80", "many"), Service("split-tls", "10.5.0.2", "tcp", "443", "one"),
        ],
        _one, _many);

    public static GoldenCatalogue Many6 { get; } = Of(
        "IPv6, five servers",
        [
            Service("many6", "2001:db8:5::1", "tcp", "80", "many"), Service("many6-dns", "2001:db8:5::1", "udp", "53", "many"),
            Service("forms6", "2001:db8:5::2", "tcp", "80", "many"), Service("forms6-tls", "2001:db8:5::2", "tcp", "443", "many", "\"send\": \"ipip\""),
        ],
        _many);

    public static GoldenCatalogue Affinities { get; } = Of("affinities", AffinityServices("10.3.0", ""), _many);

    public static GoldenCatalogue Affinities6 { get; } = Of("IPv6 affinities", AffinityServices("2001:db8:3:", "6"), _many);

    public static GoldenCatalogue Icmp { get; } = Of(
        "icmp and any protocol",
        [
            Service("ping", "10.4.0.1", "icmp", "any", "one"), Service("all", "10.4.0.2", "any", "any", "one"),
            Service("ping6", "2001:db8:4::1", "icmp", "any", "one6"), Service("all6", "2001:db8:4::2", "any", "any", "one6"),
        ],
        _one, _one6);

    public static GoldenCatalogue Clamp { get; } = Of(
        "mssClamp",
        [
            Service("clamp", Cast.Vip4, "tcp", "80", "one", "\"mssClamp\": 1400"), Service("clamp6", Cast.Vip6, "tcp", "80", "one6", "\"mssClamp\": 1400"),
            Service("clamp-ipip", "10.1.0.2", "tcp", "80", "one", "\"send\": \"ipip\", \"mssClamp\": 1400"),
            Service("clamp-l2", "10.1.0.3", "tcp", "80", "one", "\"send\": \"l2\", \"mssClamp\": 1400"),
            Service("clamp-all", "10.1.0.4", "any", "any", "one", "\"mssClamp\": 1400"),
        ],
        _one, _one6);

    /// <summary>What the seed's two variables make.</summary>
    public static GoldenCatalogue Seed { get; } = Of("seed", [Service("everything", "0.0.0.0/0", "any", "any", "one")], _one);

    public static GoldenCatalogue Everything { get; } = Of(
        "both families' catch-all beside a service",
        [
            Service("everything", "0.0.0.0/0", "any", "any", "one"), Service("everything6", "::/0", "any", "any", "one6"),
            Service("web", Cast.Vip4, "tcp", "80", "other"), Service("web6", Cast.Vip6, "tcp", "80", "other6"),
        ],
        _one, _other, _one6, _other6);

    public static GoldenCatalogue Ranges { get; } = Of(
        "prefixes, ranges, any",
        RangeServices("10.6.0", "10.7.0.0/24", "10.7.0.0/16", "10.7.0.128/25", "10.7.0.5", "one", ""),
        _one);

    public static GoldenCatalogue Ranges6 { get; } = Of(
        "IPv6 prefixes, ranges, any",
        RangeServices("2001:db8:6:", "2001:db8:7:1::/64", "2001:db8:7::/48", "2001:db8:7:1:8000::/65", "2001:db8:7:1::5", "one6", "6"),
        _one6);

    public static GoldenCatalogue Pools { get; } = Of(
        "pools without takers",
        [Service("empty", Cast.Vip4, "tcp", "80", "empty"), Service("leaving", "10.1.0.2", "tcp", "80", "leaving"), Service("half", "10.1.0.3", "tcp", "80", "half")],
        Pool("empty"),
        $$"""    "leaving": { "backends": [ {{Draining}} ] }""",
        $$"""    "half": { "backends": [ {{Draining}}, {{GoldenServer.Four[1].Json}} ] }""");

    private static string Draining => GoldenServer.Four1.Json.Replace(" }", ", \"state\": \"draining\" }", StringComparison.Ordinal);

    public static string FormService(GoldenForm form, bool isIpv6, GoldenServer server) => $"{form.Word}-{(isIpv6 ? 6 : 4)}-to-{(server.IsIpv6 ? 6 : 4)}";

    public static string FormVip(GoldenForm form, bool isIpv6, GoldenServer server)
    {
        int number = GoldenForm.All.TakeWhile(other => other != form).Count() + 1, to = server.IsIpv6 ? 6 : 4;
        return isIpv6 ? $"2001:db8:2:{to}::{number}" : $"10.2.{to}.{number}";
    }

    private static string[] AffinityServices(string net, string suffix)
    {
        string dot = suffix.Length == 0 ? "." : ":";
        return
        [
            Service($"by-flow{suffix}", $"{net}{dot}1", "any", "any", "many"),
            Service($"by-source{suffix}", $"{net}{dot}2", "any", "any", "many", "\"affinity\": \"source\""),
            Service($"by-addresses{suffix}", $"{net}{dot}4", "any", "any", "many", "\"affinity\": \"addresses\""),
        ];
    }

    private static string[] RangeServices(string net, string prefix, string wide, string narrow, string host, string pool, string suffix)
    {
        string dot = suffix.Length == 0 ? "." : ":";
        return
        [
            Service($"http{suffix}", $"{net}{dot}1", "tcp", "80", pool), Service($"range{suffix}", $"{net}{dot}1", "tcp", "8000-8999", pool),
            Service($"within{suffix}", $"{net}{dot}1", "tcp", "8100-8199", pool), Service($"one-within{suffix}", $"{net}{dot}1", "tcp", "8150", pool),
            Service($"dns{suffix}", $"{net}{dot}1", "udp", "53", pool), Service($"any-udp{suffix}", $"{net}{dot}2", "udp", "any", pool),
            Service($"all{suffix}", $"{net}{dot}3", "any", "any", pool), Service($"tcp-of-all{suffix}", $"{net}{dot}3", "tcp", "80-81", pool),
            Service($"net{suffix}", prefix, "tcp", "80", pool), Service($"wide{suffix}", wide, "any", "any", pool),
            Service($"narrow{suffix}", narrow, "tcp", "1-1000", pool), Service($"host{suffix}", host, "tcp", "443", pool),
        ];
    }
}

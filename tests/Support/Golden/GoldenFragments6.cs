using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>IPv6 fragments, RFC 8200 section 4.5.</summary>
internal static class GoldenFragments6
{
    private const string Split = "2001:db8:1::3";
    private const int Piece = 96;

    private static readonly PacketBuilder _tls = Cast.Tcp6(port: 443, vip: Split, payload: 200);

    public static IEnumerable<GoldenCase> Cases => [.. Following, .. Unknown, .. Firsts];

    private static GoldenCase Of(string name) => new(name, GoldenCatalogues.Web6);

    private static GoldenExpectation ToTls(PacketBuilder packet) => Forwarded("shop6-tls", GoldenServer.Six[1], open => Sent.Gre(open).Then(packet));

    private static GoldenExpectation ToWeb(PacketBuilder packet) => Forwarded("web6", GoldenServer.Six1, open => Sent.Gre(open).Then(packet));

    private static IEnumerable<GoldenCase> Following
    {
        get
        {
            PacketBuilder[] a = Pieces(_tls, 0xA0001001), b = Pieces(_tls, 0xA0001002), c = Pieces(_tls, 0xA0001003);
            yield return Of("IPv6 fragments follow their first").Send(Came.Plain.Then(a[0]), ToTls(a[0])).Send(Came.Plain.Then(a[1]), ToTls(a[1])).Send(Came.Plain.Then(a[2]), ToTls(a[2]));
            yield return Of("IPv6 fragments in GRE follow their first").Send(Came.InGre4().Then(b[0]), ToTls(b[0]))
                .Send(Came.InGre6().Then(b[1]), Forwarded("shop6-tls", GoldenServer.Six[1], open => Sent.InPlace6(open).Then(b[1]))).Send(Came.Plain.Then(b[2]), ToTls(b[2]));
            PacketBuilder[] options = Pieces(PacketBuilder.Bare.Ipv6(Cast.Client6, Split).HopByHop(16).Tcp(40000, 443).PayloadOf(200), 0xA0001004);
            yield return Of("IPv6 fragments behind hop-by-hop options follow their first")
                .Send(Came.Plain.Then(options[0]), ToTls(options[0])).Send(Came.Plain.Then(options[1]), ToTls(options[1]));

            // The next header that all fragments name is then the options', not TCP.
            PacketBuilder[] inside = Pieces(PacketBuilder.Bare.Ipv6(Cast.Client6, Split).DestinationOptions(16).Tcp(40000, 443).PayloadOf(200), 0xA0001005);
            yield return Of("IPv6 fragments whose first has options before TCP follow it")
                .Send(Came.Plain.Then(inside[0]), ToTls(inside[0])).Send(Came.Plain.Then(inside[1]), ToTls(inside[1])).Send(Came.Plain.Then(inside[2]), ToTls(inside[2]));
            yield return Of("a fragment header around a whole packet opens no memory of fragments")
                .Send(Came.Plain.Then(PacketBuilder.Bare.Ipv6(Cast.Client6, Split).FragmentHeader(0xA0001006).Tcp(40000, 443).PayloadOf(8)), ToTls(PacketBuilder.Bare.Ipv6(Cast.Client6, Split).FragmentHeader(0xA0001006).Tcp(40000, 443).PayloadOf(8)));
        }
    }

    private static IEnumerable<GoldenCase> Unknown
    {
        get
        {
            PacketBuilder[] a = Pieces(_tls, 0xA0001101), b = Pieces(_tls, 0xA0001102), c = Pieces(_tls, 0xB0001102);
            GoldenExpectation unknown = Dropped(Reason.FragmentUnknown);
            yield return Of("a later IPv6 fragment is unknown where ports decide").Send(Came.Plain.Then(a[1]), unknown).Send(Came.InGre6().Then(a[2]), unknown);
            yield return Of("all 32 bits of an IPv6 identification count").Send(Came.Plain.Then(b[0]), ToTls(b[0])).Send(Came.Plain.Then(c[1]), unknown).Send(Came.Plain.Then(b[1]), ToTls(b[1]));
            PacketBuilder[] only = Pieces(Cast.Tcp6(payload: 200), 0xA0001103);
            yield return Of("a later IPv6 fragment finds the only service of its protocol").Send(Came.Plain.Then(only[2]), ToWeb(only[2]));
            yield return Of("an IPv6 fragment that overtakes its first is unknown where ports decide, the next is not")
                .Send(Came.Plain.Then(Pieces(_tls, 0xA0001104)[2]), unknown).Send(Came.Plain.Then(Pieces(_tls, 0xA0001104)[0]), ToTls(Pieces(_tls, 0xA0001104)[0]))
                .Send(Came.Plain.Then(Pieces(_tls, 0xA0001104)[1]), ToTls(Pieces(_tls, 0xA0001104)[1]));
            PacketBuilder[] forms = Pieces(Cast.Tcp6(vip: "2001:db8:5::2", payload: 200), 0xA0001105);
            yield return new GoldenCase("a later fragment is unknown where services differ in their send form", GoldenCatalogues.Many6).Send(Came.Plain.Then(forms[1]), unknown);
        }
    }

    private static IEnumerable<GoldenCase> Firsts
    {
        get
        {
            PacketBuilder tcp = Cast.Tcp6(payload: 400, tcp: tcp => tcp with { Options = new byte[40] });
            PacketBuilder fixed24 = tcp.Fragment(0, 24, 0xA0001201);
            yield return Of("a first IPv6 fragment without the whole fixed TCP header is a runt").Send(Came.Plain.Then(tcp.Fragment(0, 16, 0xA0001202)), Dropped(Reason.Runt));
            yield return Of("a first IPv6 fragment need not hold all TCP options").Send(Came.Plain.Then(fixed24), ToWeb(fixed24));

            // RFC 7112: the first fragment must hold the whole chain.
            PacketBuilder chain = PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6).DestinationOptions(64).Tcp(40000, 80).PayloadOf(200);
            yield return Of("a first IPv6 fragment whose chain goes on in the next is a runt").Send(Came.Plain.Then(chain.Fragment(0, 32, 0xA0001203)), Dropped(Reason.Runt));
            yield return Of("a first IPv6 fragment that ends with its chain is a runt").Send(Came.Plain.Then(chain.Fragment(0, 64, 0xA0001204)), Dropped(Reason.Runt));
        }
    }

    private static PacketBuilder[] Pieces(PacketBuilder whole, uint id) => [whole.Fragment(0, Piece, id), whole.Fragment(Piece, Piece, id), whole.Fragment(2 * Piece, Piece, id)];
}

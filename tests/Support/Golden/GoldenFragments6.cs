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

    private static GoldenExpectation ToTls(PacketBuilder packet) => Delivered.Gre("shop6-tls", GoldenServer.Six[1], packet);

    private static GoldenExpectation ToWeb(PacketBuilder packet) => Delivered.Gre("web6", GoldenServer.Six1, packet);

    private static IEnumerable<GoldenCase> Following
    {
        get
        {
            PacketBuilder[] a = Pieces(_tls, 0xA0001001), b = Pieces(_tls, 0xA0001002), c = Pieces(_tls, 0xA0001003);
            yield return Of("IPv6 fragments follow their first").SendPlain(a[0], ToTls(a[0])).SendPlain(a[1], ToTls(a[1])).SendPlain(a[2], ToTls(a[2]));
            yield return Of("IPv6 fragments in GRE follow their first").SendInGre4(b[0], Delivered.Replaced("shop6-tls", GoldenServer.Six[1], b[0]))
                .SendInGre6(b[1], Delivered.InPlace("shop6-tls", GoldenServer.Six[1], b[1])).SendPlain(b[2], ToTls(b[2]));
            PacketBuilder[] options = Pieces(PacketBuilder.Bare.Ipv6(Cast.Client6, Split).HopByHop(16).Tcp(40000, 443).PayloadOf(200), 0xA0001004);
            yield return Of("IPv6 fragments behind hop-by-hop options follow their first")
                .SendPlain(options[0], ToTls(options[0])).SendPlain(options[1], ToTls(options[1]));

            // The next header that all fragments name is then the options', not TCP.
            PacketBuilder[] inside = Pieces(PacketBuilder.Bare.Ipv6(Cast.Client6, Split).DestinationOptions(16).Tcp(40000, 443).PayloadOf(200), 0xA0001005);
            yield return Of("IPv6 fragments whose first has options before TCP follow it")
                .SendPlain(inside[0], ToTls(inside[0])).SendPlain(inside[1], ToTls(inside[1])).SendPlain(inside[2], ToTls(inside[2]));
            PacketBuilder atomic = PacketBuilder.Bare.Ipv6(Cast.Client6, Split).FragmentHeader(0xA0001006).Tcp(40000, 443).PayloadOf(8);
            yield return Of("a fragment header around a whole packet opens no memory of fragments")
                .SendPlain(atomic, ToTls(atomic));
        }
    }

    private static IEnumerable<GoldenCase> Unknown
    {
        get
        {
            PacketBuilder[] a = Pieces(_tls, 0xA0001101), b = Pieces(_tls, 0xA0001102), c = Pieces(_tls, 0xB0001102);
            GoldenExpectation unknown = Dropped(Reason.FragmentUnknown);
            yield return Of("a later IPv6 fragment is unknown where ports decide").SendPlain(a[1], unknown).SendInGre6(a[2], unknown);
            yield return Of("all 32 bits of an IPv6 identification count").SendPlain(b[0], ToTls(b[0])).SendPlain(c[1], unknown).SendPlain(b[1], ToTls(b[1]));
            PacketBuilder[] only = Pieces(Cast.Tcp6(payload: 200), 0xA0001103);
            yield return Of("a later IPv6 fragment finds the only service of its protocol").SendPlain(only[2], ToWeb(only[2]));
            yield return Of("an IPv6 fragment that overtakes its first is unknown where ports decide, the next is not")
                .SendPlain(Pieces(_tls, 0xA0001104)[2], unknown).SendPlain(Pieces(_tls, 0xA0001104)[0], ToTls(Pieces(_tls, 0xA0001104)[0]))
                .SendPlain(Pieces(_tls, 0xA0001104)[1], ToTls(Pieces(_tls, 0xA0001104)[1]));
            PacketBuilder[] forms = Pieces(Cast.Tcp6(vip: "2001:db8:5::2", payload: 200), 0xA0001105);
            yield return new GoldenCase("a later fragment is unknown where services differ in their send form", GoldenCatalogues.Many6)
                .SendPlain(forms[1], unknown);
        }
    }

    private static IEnumerable<GoldenCase> Firsts
    {
        get
        {
            PacketBuilder tcp = Cast.Tcp6(payload: 400, tcp: tcp => tcp with { Options = new byte[40] });
            PacketBuilder fixed24 = tcp.Fragment(0, 24, 0xA0001201);
            yield return Of("a first IPv6 fragment without the whole fixed TCP header is a runt").SendPlain(tcp.Fragment(0, 16, 0xA0001202),
                Dropped(Reason.Runt));
            yield return Of("a first IPv6 fragment need not hold all TCP options").SendPlain(fixed24, ToWeb(fixed24));

            // RFC 7112: the first fragment must hold the whole chain.
            PacketBuilder chain = PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6).DestinationOptions(64).Tcp(40000, 80).PayloadOf(200);
            yield return Of("a first IPv6 fragment whose chain goes on in the next is a runt").SendPlain(chain.Fragment(0, 32, 0xA0001203),
                Dropped(Reason.Runt));
            yield return Of("a first IPv6 fragment that ends with its chain is a runt").SendPlain(chain.Fragment(0, 64, 0xA0001204), Dropped(Reason.Runt));
        }
    }

    private static PacketBuilder[] Pieces(PacketBuilder whole, uint id) =>
        [whole.Fragment(0, Piece, id), whole.Fragment(Piece, Piece, id), whole.Fragment(2 * Piece, Piece, id)];
}

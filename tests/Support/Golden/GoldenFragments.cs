using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>IPv4 fragments. The VIP 10.1.0.3 has two services with a pool each, so that only ports decide. Identifications are each case's own.</summary>
internal static class GoldenFragments
{
    private const string Split = "10.1.0.3";
    private const int Piece = 96;

    private static readonly PacketBuilder _tls = Cast.Tcp4(port: 443, vip: Split, payload: 200), _http = Cast.Tcp4(port: 80, vip: Split, payload: 200);

    public static IEnumerable<GoldenCase> Cases => [.. ByPorts, .. Unknown, .. Firsts, .. OfTheOuter, .. ByForm];

    private static GoldenCase Of(string name) => new(name, GoldenCatalogues.Web);

    private static GoldenExpectation ToTls(PacketBuilder packet) => Delivered.Gre("shop-tls", GoldenServer.Four[1], packet);

    private static GoldenExpectation ToHttp(PacketBuilder packet) => Delivered.Gre("shop", GoldenServer.Four1, packet);

    private static GoldenExpectation ToTlsInPlace(PacketBuilder packet) => Delivered.InPlace("shop-tls", GoldenServer.Four[1], packet);

    private static IEnumerable<GoldenCase> ByPorts
    {
        get
        {
            PacketBuilder[] a = Pieces(_tls, 0x1001), b = Pieces(_tls, 0x1002), c = Pieces(_tls, 0x1003), d = Pieces(_tls, 0x1004), e = Pieces(_http, 0x1005);
            yield return Of("the first fragment goes by its ports and the others follow it")
                .SendPlain(a[0], ToTls(a[0])).SendPlain(a[1], ToTls(a[1])).SendPlain(a[2], ToTls(a[2]));
            yield return Of("fragments in GRE follow their first")
                .SendInGre4(b[0], ToTlsInPlace(b[0])).SendInGre4(b[2], ToTlsInPlace(b[2])).SendInGre4(b[1], ToTlsInPlace(b[1]));
            yield return Of("plain fragments follow a first that came in GRE")
                .SendInGre4(c[0], ToTlsInPlace(c[0])).SendPlain(c[1], ToTls(c[1])).SendInGre6(c[2], Delivered.Replaced("shop-tls", GoldenServer.Four[1], c[2]));
            yield return Of("fragments of two packets come mixed and keep apart")
                .SendPlain(d[0], ToTls(d[0])).SendPlain(e[0], ToHttp(e[0]))
                .SendPlain(d[1], ToTls(d[1])).SendPlain(e[2], ToHttp(e[2])).SendPlain(e[1], ToHttp(e[1])).SendPlain(d[2], ToTls(d[2]));

            PacketBuilder[] old = Pieces(_tls, 0x1006), next = Pieces(_http, 0x1006);
            yield return Of("fragments follow the latest first of their identification")
                .SendPlain(old[0], ToTls(old[0])).SendPlain(next[0], ToHttp(next[0])).SendPlain(next[1], ToHttp(next[1]));

            PacketBuilder[] options = Pieces(Cast.Tcp4(port: 443, vip: Split, payload: 200, ip: ip => ip with { Options = Ipv4Option.RecordRoute(4) }), 0x1007);
            yield return Of("fragments with IPv4 options follow their first")
                .SendPlain(options[0], ToTls(options[0])).SendPlain(options[1], ToTls(options[1]));

            PacketBuilder[] other = Pieces(Cast.Tcp4(port: 444, vip: Split, payload: 200), 0x1008);
            yield return Of("fragments follow their first to the host")
                .SendPlain(other[0], Host).SendPlain(other[1], Host).SendPlain(other[2], Host);
        }
    }

    private static IEnumerable<GoldenCase> Unknown
    {
        get
        {
            PacketBuilder[] a = Pieces(_tls, 0x1101), b = Pieces(_tls, 0x1102), c = Pieces(_tls, 0x1103), d = Pieces(_tls, 0x1104);
            GoldenExpectation unknown = Dropped(Reason.FragmentUnknown);
            yield return Of("a later fragment is unknown where ports decide").SendPlain(a[1], unknown).SendInGre4(a[2], unknown).SendInGre6(a[2], unknown);
            yield return Of("a fragment that overtakes its first is unknown where ports decide, the next is not")
                .SendPlain(b[1], unknown).SendPlain(b[0], ToTls(b[0])).SendPlain(b[2], ToTls(b[2]));
            PacketBuilder stranger = Pieces(Cast.Tcp4(port: 443, vip: Split, client: "10.0.0.8", payload: 200), 0x1103)[1];
            PacketBuilder elsewhere = Pieces(_tls, 0x1105)[1];
            yield return Of("another client's fragment of the same identification is unknown").SendPlain(c[0], ToTls(c[0])).SendPlain(stranger, unknown);
            yield return Of("a fragment of another identification is unknown").SendPlain(d[0], ToTls(d[0])).SendPlain(elsewhere, unknown);

            PacketBuilder[] only = Pieces(Cast.Tcp4(payload: 200), 0x1106), datagram = Pieces(Cast.Udp4(payload: 212), 0x1107);
            yield return Of("a later fragment finds the only service of its protocol").SendPlain(only[1], Web(only[1]))
                .SendInGre4(only[2], Delivered.InPlace("web", GoldenServer.Four1, only[2]));
            yield return Of("a fragment that overtakes its first finds the only service of its protocol")
                .SendPlain(datagram[2], Dns(datagram[2])).SendPlain(datagram[0], Dns(datagram[0])).SendPlain(datagram[1], Dns(datagram[1]));
            PacketBuilder least = Cast.Udp4(payload: 1 + Piece - 8).Fragment(Piece, 1, 0x1108);
            yield return Of("a fragment of one byte is as good as any").Send(Came.Plain.Then(least).PadTo(60), Dns(least));
        }
    }

    private static GoldenExpectation Web(PacketBuilder packet) => Delivered.Gre("web", GoldenServer.Four1, packet);

    private static GoldenExpectation Dns(PacketBuilder packet) => Delivered.Gre("dns", GoldenServer.Four1, packet);

    private static IEnumerable<GoldenCase> Firsts
    {
        get
        {
            PacketBuilder tcp = Cast.Tcp4(payload: 400, tcp: tcp => tcp with { Options = new byte[40] }), udp = Cast.Udp4(payload: 400);
            PacketBuilder short16 = tcp.Fragment(0, 16, 0x1201), fixed24 = tcp.Fragment(0, 24, 0x1202), udp8 = udp.Fragment(0, 8, 0x1203),
                udp400 = udp.Fragment(0, 400, 0x1204);
            yield return Of("a first fragment without the whole fixed TCP header is a runt").SendPlain(short16, Dropped(Reason.Runt)).SendInGre4(short16,
                Dropped(Reason.Runt));
            yield return Of("a first fragment need not hold all TCP options").SendPlain(fixed24, Web(fixed24));
            yield return Of("a first fragment need hold no more of UDP than its header").SendPlain(udp8, Dns(udp8));
            yield return Of("UDP's length is the whole packet's, not the first fragment's").SendPlain(udp400, Dns(udp400));
            yield return Of("a first fragment with a UDP length of 7 is refused")
                .SendPlain(Cast.Udp4(payload: 400, udp: udp => udp with { Length = 7 }).Fragment(0, 96, 0x1205), Dropped(Reason.BadLength));
            yield return Of("a first fragment with a TCP header of 4 words is refused")
                .SendPlain(Cast.Tcp4(payload: 400, tcp: tcp => tcp with { HeaderWords = 4 }).Fragment(0, 96, 0x1206), Dropped(Reason.BadHeader));
            PacketBuilder both = Cast.Tcp4(payload: 400, ip: ip => ip with { FragmentField = Ipv4Layer.DontFragment }).Fragment(0, 96, 0x1207);
            yield return Of("a fragment that must not be fragmented is one all the same").SendPlain(both, Web(both));
        }
    }

    private static IEnumerable<GoldenCase> OfTheOuter
    {
        get
        {
            PacketBuilder packet = Cast.Tcp4(payload: 200), whole = Came.InGre4().Then(packet);
            byte[] gre = whole.Build()[34..];
            PacketBuilder Outer(ushort flags, byte[] bytes) =>
                Came.Plain.Ipv4(Cast.Router4, Cast.Balancer4, ip => ip with { Protocol = 47, FragmentField = flags, Identification = 0x1301 }).Payload(bytes);
            yield return Of("a first fragment of a router's GRE cannot be forwarded")
                .Send(Outer(Ipv4Layer.MoreFragments, gre[..128]), Dropped(Reason.FragmentUnknown));
            yield return Of("a later fragment of a router's GRE is the host's").Send(Outer(16, gre[128..]), Host);
        }
    }

    private static IEnumerable<GoldenCase> ByForm =>
        from form in GoldenForm.All
        let server = GoldenServer.Six1
        let pieces = Pieces(Cast.Tcp4(vip: GoldenCatalogues.FormVip(form, false, server), payload: 200), (uint)(0x1401 + form.BytesBehindIp + form.Word.Length))
        select new GoldenCase($"fragments go by {form.Word} like any packet", GoldenCatalogues.Forms)
            .SendPlain(pieces[0], Delivered.By(form, $"{form.Word}-4-to-6", server, pieces[0]))
            .SendInGre4(pieces[2], Delivered.FromGre4(form, $"{form.Word}-4-to-6", server, pieces[2]));

    private static PacketBuilder[] Pieces(PacketBuilder whole, uint id) =>
        [whole.Fragment(0, Piece, id), whole.Fragment(Piece, Piece, id), whole.Fragment(2 * Piece, Piece, id)];
}

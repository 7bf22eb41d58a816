using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>IPv4 headers that are longer than 20 bytes, inside and outside.</summary>
internal static class GoldenIpv4Options
{
    public static IEnumerable<GoldenCase> Cases => [.. Inside, .. Outside];

    private static IEnumerable<(string Name, byte[] Options)> Kinds =>
    [
        ("one no-operation", Ipv4Option.NoOperation),
        ("a router alert", Ipv4Option.RouterAlert),
        ("a record route of nine slots", Ipv4Option.RecordRoute(9)),
        ("time stamps", Ipv4Option.Timestamps(4)),
        ("a source route at its end", Ipv4Option.LooseSourceRoute("198.51.100.1", "198.51.100.2")),
        ("40 bytes of options", [.. Ipv4Option.RouterAlert, .. new byte[36]]),
    ];

    private static IEnumerable<GoldenCase> Inside
    {
        get
        {
            foreach ((string name, byte[] options) in Kinds)
            {
                PacketBuilder packet = Cast.Tcp4(ip: ip => ip with { Options = options });
                yield return new GoldenCase($"a plain packet with {name} is found and kept", GoldenCatalogues.Web)
                    .SendPlain(packet, Delivered.Gre("web", GoldenServer.Four1, packet));
                yield return new GoldenCase($"a packet in GRE with {name} is found and kept", GoldenCatalogues.Web)
                    .SendInGre4(packet, Delivered.InPlace("web", GoldenServer.Four1, packet));
            }

            foreach (GoldenForm form in GoldenForm.All.Where(form => form != GoldenForm.Gre))
            {
                PacketBuilder packet = Cast.Tcp4(vip: GoldenCatalogues.FormVip(form, false, GoldenServer.Four1), ip: ip => ip with { Options = Ipv4Option.RecordRoute(3) });
                yield return new GoldenCase($"options inside come through {form.Word}", GoldenCatalogues.Forms)
                    .SendInGre4(packet, Delivered.By(form, $"{form.Word}-4-to-4", GoldenServer.Four1, packet));
            }

            PacketBuilder datagram = Cast.Udp4(ip: ip => ip with { Options = Ipv4Option.RecordRoute(2) });
            yield return new GoldenCase("UDP ports are found behind options", GoldenCatalogues.Web)
                .SendPlain(datagram, Delivered.Gre("dns", GoldenServer.Four1, datagram));
        }
    }

    private static IEnumerable<GoldenCase> Outside
    {
        get
        {
            PacketBuilder packet = Cast.Tcp4();
            foreach ((string name, byte[] options) in Kinds)
            {
                Ipv4Layer Outer(Ipv4Layer ip) => ip with { Options = options, TypeOfService = 0x48, Identification = 0x1234, TimeToLive = 17 };
                yield return new GoldenCase($"a router's header with {name} is rewritten in place", GoldenCatalogues.Web)
                    .Send(Came.InGre4(Outer).Then(packet), Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, Outer).Then(packet)));
            }

            static Ipv4Layer Alert(Ipv4Layer ip) => ip with { Options = Ipv4Option.RouterAlert };
            foreach ((GoldenForm form, GoldenServer server) in new[]
            {
                (GoldenForm.Ipip, GoldenServer.Four1), (GoldenForm.L2, GoldenServer.Four1), (GoldenForm.Gre, GoldenServer.Six1),
            })
            {
                PacketBuilder inside = GoldenForms.Packet(form, false, server);
                yield return new GoldenCase($"a router's options go with its header where {form.Word} to {Cast.Family(server.IsIpv6)} replaces it",
                    GoldenCatalogues.Forms)
                    .Send(Came.InGre4(Alert).Then(inside), Delivered.FromGre4(form, GoldenCatalogues.FormService(form, false, server), server, inside));
            }

            yield return new GoldenCase("a router's options count where its packet is too big", GoldenCatalogues.Web)
                .Send(Came.InGre4(Alert).Then(Cast.Tcp4(payload: 1433)),
                    Answered(Reason.TooBig, open => Answer.TooBig4(open, 1500 - 24 - 4, Cast.Tcp4(payload: 1433))));
        }
    }
}

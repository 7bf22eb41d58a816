using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Echo to a VIP: by the node itself, or by the service that takes it.</summary>
internal static class GoldenEcho
{
    private const uint IdAndSequence = 0x12340007;

    public static IEnumerable<GoldenCase> Cases => [.. Answered, .. Refused, .. ByService, .. OtherMessages, .. Neighbours];

    private static PacketBuilder Echo(
        byte type, int payload = 56, string client = Cast.Client4, string vip = Cast.Vip4, Func<Ipv4Layer, Ipv4Layer>? ip = null, int checksumError = 0) =>
        PacketBuilder.Bare.Ipv4(client, vip, ip).Icmp(type, 0, icmp => icmp with { Rest = IdAndSequence, ChecksumError = checksumError }).PayloadOf(payload);

    private static PacketBuilder Echo6(
        byte type, int payload = 56, string client = Cast.Client6, string vip = Cast.Vip6, Func<Ipv6Layer, Ipv6Layer>? ip = null, int checksumError = 0) =>
        PacketBuilder.Bare.Ipv6(client, vip, ip).Icmpv6(type, 0, icmp => icmp with { Rest = IdAndSequence, ChecksumError = checksumError }).PayloadOf(payload);

    private static GoldenCase Of(string name) => new(name, GoldenCatalogues.Web);

    private static GoldenCase Of6(string name) => new(name, GoldenCatalogues.Web6);

    private static GoldenExpectation Reply(int payload = 56, byte[]? bytes = null, string vip = Cast.Vip4) => GoldenExpectation.Answered(Reason.Echo, open =>
    {
        PacketBuilder reply = Answer.Ip4(open, vip).Icmp(0, 0, icmp => icmp with { Rest = IdAndSequence });
        return bytes == null ? reply.PayloadOf(payload) : reply.Payload(bytes);
    });

    private static GoldenExpectation Reply6(int payload = 56) =>
        GoldenExpectation.Answered(Reason.Echo, open => Answer.Ip6(open).Icmpv6(129, 0, icmp => icmp with { Rest = IdAndSequence }).PayloadOf(payload));

    private static IEnumerable<GoldenCase> Answered
    {
        get
        {
            foreach ((string way, PacketBuilder came) in Came.Ways)
            {
                yield return Of($"an echo that came {way} is answered").Send(came.Then(Echo(8)), Reply());
                yield return Of6($"an IPv6 echo that came {way} is answered").Send(came.Then(Echo6(128)), Reply6());
            }

            foreach (int payload in new[] { 0, 1, 57, 1400 })
            {
                yield return Of($"an echo with {payload} bytes is answered with as many").SendPlain(Echo(8, payload), Reply(payload));
                yield return Of6($"an IPv6 echo with {payload} bytes is answered with as many").SendPlain(Echo6(128, payload), Reply6(payload));
            }

            yield return Of("an echo's padding stays behind").Send(Came.Plain.Then(Echo(8, 4)).PadTo(60), Reply(4));
            yield return Of("an echo at its last hop is answered with 64").SendPlain(Echo(8, ip: ip => ip with { TimeToLive = 1 }), Reply());
            yield return Of6("an IPv6 echo at its last hop is answered with 64").SendPlain(Echo6(128, ip: ip => ip with { HopLimit = 1 }), Reply6());
            yield return Of("an echo to the other VIP is answered from there")
                .SendPlain(Echo(8, vip: "10.1.0.3"), Reply(vip: "10.1.0.3"));
            yield return Of("an echo with IPv4 options is answered").SendPlain(Echo(8, ip: ip => ip with { Options = Ipv4Option.RecordRoute(3) }),
                GoldenExpectation.Answered(Reason.Echo, null));
            yield return Of6("an IPv6 echo behind destination options is answered")
                .SendPlain(PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6).DestinationOptions().Icmpv6().PayloadOf(8),
                    GoldenExpectation.Answered(Reason.Echo, null));

            // The type leaves 0x0800 of the sum: the checksum may wrap around, and end on all ones.
            foreach (ushort checksum in new ushort[] { 0xF7FE, 0xF7FF, 0xF800, 0xFFFE })
            {
                byte[] payload = PayloadForChecksum(checksum);
                yield return Of($"an echo with checksum 0x{checksum:x4} is answered with the right one")
                    .Send(Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Icmp(8, 0, icmp => icmp with { Rest = IdAndSequence }).Payload(payload), Reply(bytes: payload));
            }
        }
    }

    private static byte[] PayloadForChecksum(ushort wanted)
    {
        for (int word = 0; word <= 0xFFFF; word++)
        {
            byte[] payload = [(byte)(word >> 8), (byte)word];
            byte[] message = PacketBuilder.Bare.Icmp(8, 0, icmp => icmp with { Rest = IdAndSequence }).Payload(payload).Build();
            if (((message[2] << 8) | message[3]) == wanted) return payload;
        }

        throw new InvalidOperationException($"no echo has checksum {wanted}");
    }

    private static IEnumerable<GoldenCase> Refused
    {
        get
        {
            yield return Of("an echo with a wrong checksum is not answered")
                .SendPlain(Echo(8, checksumError: 1), Dropped(Reason.BadChecksum))
                .SendInGre4(Echo(8, checksumError: 1),
                Dropped(Reason.BadChecksum));
            yield return Of6("an IPv6 echo with a wrong checksum is not answered").SendPlain(Echo6(128, checksumError: 1), Dropped(Reason.BadChecksum));
            foreach (string source in new[] { "0.0.0.0", "255.255.255.255", "224.0.0.5", "239.1.2.3" })
                yield return Of($"an echo from {source} is not answered")
                    .SendPlain(Echo(8, client: source), Dropped(Reason.SourceNotAllowed))
                    .SendInGre4(Echo(8, client: source),
                    Dropped(Reason.SourceNotAllowed));
            foreach (string source in new[] { "::", "ff02::1", "ff0e::101" })
                yield return Of6($"an echo from {source} is not answered").SendPlain(Echo6(128, client: source), Dropped(Reason.SourceNotAllowed));
            PacketBuilder long4 = Echo(8, 400), long6 = Echo6(128, 400);
            yield return Of("a first fragment of an echo is not answered").SendPlain(long4.Fragment(0, 200, 0x4001), Dropped(Reason.FragmentUnknown));
            yield return Of("a later fragment of an echo is not answered").SendPlain(long4.Fragment(200, 200, 0x4002), Dropped(Reason.FragmentUnknown));
            yield return Of6("a first fragment of an IPv6 echo is not answered").SendPlain(long6.Fragment(0, 200, 0xE0004001), Dropped(Reason.FragmentUnknown));
            yield return Of6("a later fragment of an IPv6 echo is not answered").SendPlain(long6.Fragment(200, 200, 0xE0004002),
                Dropped(Reason.FragmentUnknown));
        }
    }

    private static IEnumerable<GoldenCase> ByService
    {
        get
        {
            static GoldenCase To(string name, string service, PacketBuilder echo) => new GoldenCase(name, GoldenCatalogues.Icmp)
                .SendPlain(echo, Delivered.Gre(service, GoldenServer.Four1, echo))
                .SendInGre4(echo, Delivered.InPlace(service, GoldenServer.Four1, echo));
            static GoldenCase To6(string name, string service, PacketBuilder echo) => new GoldenCase(name, GoldenCatalogues.Icmp)
                .SendPlain(echo, Delivered.Gre(service, GoldenServer.Six1, echo))
                .SendInGre6(echo, Delivered.InPlace(service, GoldenServer.Six1, echo));
            yield return To("an icmp service takes echo", "ping", Echo(8, vip: "10.4.0.1"));
            yield return To("a service of any protocol takes echo", "all", Echo(8, vip: "10.4.0.2"));
            yield return To("an icmp service takes other messages too", "ping", Echo(13, 12, vip: "10.4.0.1"));
            yield return To("an icmp service takes an echo's reply", "ping", Echo(0, vip: "10.4.0.1"));
            yield return To("an icmp service takes what no host sent", "ping", Echo(8, vip: "10.4.0.1", client: "224.0.0.5"));
            yield return To("a fragment of an echo goes to an icmp service", "ping", Echo(8, 400, vip: "10.4.0.1").Fragment(0, 200, 0x4003));
            yield return To("a later fragment of an echo goes to an icmp service", "ping", Echo(8, 400, vip: "10.4.0.1").Fragment(200, 200, 0x4004));
            yield return To("a service of any protocol takes a redirect", "all", Echo(5, 28, vip: "10.4.0.2"));
            yield return To6("an icmp service takes IPv6 echo", "ping6", Echo6(128, vip: "2001:db8:4::1"));
            yield return To6("a service of any protocol takes IPv6 echo", "all6", Echo6(128, vip: "2001:db8:4::2"));
            yield return To6("an icmp service takes an IPv6 echo's reply", "ping6", Echo6(129, vip: "2001:db8:4::1"));
            yield return To("an echo's wrong checksum is the server's to find", "ping", Echo(8, vip: "10.4.0.1", checksumError: 1)) with { IsFlawed = true };
            PacketBuilder reply = PacketBuilder.Bare.Ipv4("10.4.0.1", Cast.Client4).Icmp(0).PayloadOf(56);
            PacketBuilder about = PacketBuilder.Bare.Ipv4(Cast.Hop4, "10.4.0.1").Icmp(11).Embedded(reply, 28);
            yield return To("an error about a server's reply to an echo goes to an icmp service", "ping", about);
            yield return new GoldenCase("an icmp service takes no TCP", GoldenCatalogues.Icmp)
                .SendPlain(Cast.Tcp4(vip: "10.4.0.1"), Host)
                .SendPlain(Cast.Tcp6(vip: "2001:db8:4::1"), Host);
        }
    }

    private static IEnumerable<GoldenCase> OtherMessages
    {
        get
        {
            yield return Of("an echo's reply has no service").SendPlain(Echo(0), Host).SendInGre4(Echo(0), Host);
            yield return Of("a time stamp request has no service").SendPlain(Echo(13, 12), Host);
            yield return Of6("an IPv6 echo's reply has no service").SendPlain(Echo6(129), Host);
            yield return Of("ICMPv6 inside IPv4 is no echo").Send(Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Icmpv6().PayloadOf(8), Host);
            yield return Of6("ICMP inside IPv6 is no echo").Send(Came.Plain.Ipv6(Cast.Client6, Cast.Vip6).Icmp().PayloadOf(8), Host);
        }
    }

    /// <summary>Always the host's, even where a service takes every protocol.</summary>
    private static IEnumerable<GoldenCase> Neighbours =>
        from message in new (byte Type, string Name)[]
        {
            (133, "router solicitation"), (134, "router advertisement"), (135, "neighbour solicitation"), (136, "neighbour advertisement"), (137, "redirect"),
        }
        select new GoldenCase($"an IPv6 {message.Name} is the host's", GoldenCatalogues.Icmp)
            .SendPlain(Echo6(message.Type, 16, vip: "2001:db8:4::1", ip: ip => ip with { HopLimit = 255 }), Host)
            .SendPlain(Echo6(message.Type, 16, vip: "2001:db8:4::2", ip: ip => ip with { HopLimit = 255 }), Host);
}

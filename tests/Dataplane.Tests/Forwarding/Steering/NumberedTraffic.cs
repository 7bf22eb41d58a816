using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding.Steering;

/// <summary>A catalogue, flows of all kinds for it, and packets that belong to none.</summary>
internal static class NumberedTraffic
{
    private const string BySource = "10.1.0.2", Ipv6Vip = "2001:db8:1::1";
    private const int Kinds = 6, BySourceKind = 2;

    /// <summary>What becomes of the packets that belong to no flow, in the order in which they are added.</summary>
    public static readonly (PacketBuilder Packet, Reason Reason)[] Odd =
    [
        (PacketBuilder.Ethernet(type: 0x0806).PayloadOf(28), Reason.NoService),
        (PacketBuilder.Ethernet().Client4().Tcp(1, 443), Reason.NoService),
        (PacketBuilder.Ethernet().Client4().Icmp(), Reason.Echo),
        (PacketBuilder.Ethernet().Client4(with: ip => ip with { ChecksumError = 1 }).Tcp(1, 80), Reason.BadChecksum),
        (FromRouter(ip => ip with { TimeToLive = 1 }).Client4().Tcp(1, 80), Reason.TtlExpired),
        (FromRouter().Client4("10.9.9.9").Tcp(1, 1), Reason.NoService),
        (PacketBuilder.Ethernet().Client4("10.1.0.9").Udp(1, 53), Reason.NoBackend),
    ];

    public static IEnumerable<(PacketBuilder Packet, Reason Reason)> LiveOdd => [Odd[1], Odd[2], Odd[3], Odd[4], Odd[6]];

    public static void Describe(TestCatalogue catalogue)
    {
        catalogue.Service("web", Vip).Service("dns", Vip, Protocol.Udp, new PortRange(53, 53)).Service("source", BySource, affinity: Affinity.Source)
            .Service("web6", Ipv6Vip + "/128").Service("empty", "10.1.0.9", Protocol.Udp, new PortRange(53, 53), pool: "empty").Backends(5);
    }

    public static void AddTo(NumberedFlows flows, int count)
    {
        for (int i = 0; i < count; i++) flows.AddFlow(FramesOf(i));
        foreach ((PacketBuilder packet, _) in Odd) flows.AddOdd(packet.Build());
    }

    /// <summary>Of flows whose packets any device keeps to one queue, and of odd packets that the XDP program takes.</summary>
    public static void AddLiveTo(NumberedFlows flows, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[][] frames = FramesOf(i);
            flows.AddFlow((i % Kinds) switch { 0 => frames[..1], BySourceKind => frames[..1], _ => frames });
        }

        foreach ((PacketBuilder packet, _) in LiveOdd) flows.AddOdd(packet.Build());
    }

    private static byte[][] FramesOf(int flow)
    {
        string client = $"10.0.{flow / 250}.{1 + (flow % 250)}";
        int port = 1024 + (flow * 7);
        PacketBuilder tcp = PacketBuilder.Bare.Ipv4(client, Vip).Tcp(port, 80).PayloadOf(32), frame = PacketBuilder.Ethernet();
        return (flow % Kinds) switch
        {
            // Established by one form, continued by another.
            0 => [FromRouter().Then(tcp).Build(), FromRouter().Then(tcp).Build(), frame.Then(tcp).Build()],
            1 => [frame.Client4(source: client).Udp(port, 53).PayloadOf(32).Build()],
            BySourceKind => [frame.Client4(BySource, client).Tcp(port, 80).PayloadOf(32).Build(), FromRouter().Client4(BySource, client).Tcp(port + 1, 80).PayloadOf(32).Build()],
            3 => [frame.Ipv6($"2001:db8:c::{flow + 1:x}", Ipv6Vip).Tcp(port, 80).PayloadOf(32).Build()],
            4 => [.. Pieces(client, port, flow).Select(piece => FromRouter().Then(piece).Build())],
            _ => [FromRouter().Client4(source: client, with: ip => ip with { Options = [1, 1, 1, 0] }).Tcp(port, 80).PayloadOf(32).Build(), FromRouter().Then(tcp).Build()],
        };
    }

    private static PacketBuilder[] Pieces(string client, int port, int flow)
    {
        PacketBuilder whole = PacketBuilder.Bare.Ipv4(client, Vip).Tcp(port, 80).PayloadOf(100);
        return [whole.Fragment(0, 48, (uint)flow), whole.Fragment(48, 48, (uint)flow), whole.Fragment(96, 48, (uint)flow)];
    }
}

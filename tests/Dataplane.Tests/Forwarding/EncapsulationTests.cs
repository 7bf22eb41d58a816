using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Forwarding;

public sealed class EncapsulationTests : IDisposable
{
    private readonly TestBalancer _balancer = TestBalancer.WithWeb(backends: 1);

    private TestBackend Server => _balancer.Catalogue["server1"];

    [Theory]
    [InlineData(2, 0, 0)]
    [InlineData(64, 0xB8, 0)]
    [InlineData(255, 0x03, 8)]
    [InlineData(17, 0xFF, 40)]
    public void Router_made_GRE_is_rewritten_in_place(int timeToLive, int typeOfService, int optionBytes)
    {
        byte[] options = [.. Enumerable.Repeat((byte)1, optionBytes)];
        Ipv4Layer Outer(Ipv4Layer ip) => ip with { TypeOfService = (byte)typeOfService, Options = options, Identification = 0x1234 };
        Outcome outcome = _balancer.Send(Traffic.FromRouter(ip => Outer(ip) with { TimeToLive = (byte)timeToLive }).Client4().Tcp(1, 80).PayloadOf(33));
        byte[] expected = Traffic.ToBackend(Server, ip => Outer(ip) with { TimeToLive = (byte)(timeToLive - 1) }).Client4().Tcp(1, 80).PayloadOf(33).Build();
        Assert.Equal(Verdict.Forwarded, outcome.Verdict);
        Assert.Equal(expected, outcome.Bytes);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void Optional_GRE_fields_pass_through(bool hasChecksum, bool hasKey, bool hasSequence)
    {
        GreLayer Gre(GreLayer gre) => gre with { HasChecksum = hasChecksum, Key = hasKey ? 0xDEADBEEF : null, Sequence = hasSequence ? 7 : null };
        Outcome outcome = _balancer.Send(Traffic.FromRouter(gre: Gre).Client4().Udp(53, 80).PayloadOf(11));
        Assert.Equal(Verdict.Host, outcome.Verdict); // UDP has no service here: the GRE header was found all the same.
        outcome = _balancer.Send(Traffic.FromRouter(gre: Gre).Client4().Tcp(53, 80).PayloadOf(11));
        Assert.Equal(Traffic.ToBackend(Server, ip => ip with { TimeToLive = 63 }, Gre).Client4().Tcp(53, 80).PayloadOf(11).Build(), outcome.Bytes);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xB9)]
    [InlineData(0x03)]
    public void A_plain_packet_gets_an_outer_header(int typeOfService)
    {
        Ipv4Layer Inner(Ipv4Layer ip) => ip with { TypeOfService = (byte)typeOfService, TimeToLive = 9, Identification = 77 };
        Outcome outcome = _balancer.Send(PacketBuilder.Ethernet().Client4(with: Inner).Tcp(9, 80).PayloadOf(200));
        byte[] expected = Traffic.ToBackend(Server, ip => ip with { TypeOfService = (byte)typeOfService }).Client4(with: Inner).Tcp(9, 80).PayloadOf(200).Build();
        Assert.Equal(expected, outcome.Bytes);
    }

    [Fact]
    public void The_backend_finds_the_clients_packet_bit_for_bit()
    {
        for (int size = 0; size < 1400; size += 37)
        {
            PacketBuilder inner = PacketBuilder.Ethernet().Client4(with: ip => ip with { TypeOfService = 2, Options = new byte[size % 40] }).Tcp(size, 80).PayloadOf(size);
            byte[] packet = inner.Build()[14..];
            Assert.Equal(packet, Traffic.Decapsulate(_balancer.Send(inner).Bytes));
            PacketBuilder routed = Traffic.FromRouter().Client4(with: ip => ip with { TypeOfService = 2, Options = new byte[size % 40] }).Tcp(size, 80).PayloadOf(size);
            Assert.Equal(packet, Traffic.Decapsulate(_balancer.Send(routed).Bytes));
        }
    }

    [Fact]
    public void The_outer_checksum_is_right_whatever_the_fields()
    {
        Random random = new(3);
        for (int i = 0; i < 2000; i++)
        {
            Ipv4Layer Outer(Ipv4Layer ip) => ip with
            {
                TypeOfService = (byte)random.Next(256),
                Identification = (ushort)random.Next(65536),
                TimeToLive = (byte)random.Next(2, 256),
                FragmentField = random.Next(2) == 0 ? Ipv4Layer.DontFragment : (ushort)0,
            };
            Outcome outcome = _balancer.Send(Traffic.FromRouter(Outer).Client4().Tcp(i, 80).PayloadOf(random.Next(100)));
            Assert.Equal(Verdict.Forwarded, outcome.Verdict);
            Assert.Equal(0, Rfc1071.Of(outcome.Bytes.AsSpan(14, 20)));
        }
    }

    [Fact]
    public void Padding_stays_behind()
    {
        Outcome plain = _balancer.Send(PacketBuilder.Ethernet().Client4().Tcp(1, 80).PadTo(60));
        Assert.Equal(Traffic.ToBackend(Server, ip => ip).Client4().Tcp(1, 80).Build(), plain.Bytes);
        Outcome routed = _balancer.Send(Traffic.FromRouter().Client4().Tcp(1, 80).PadTo(300));
        Assert.Equal(Traffic.ToBackend(Server, ip => ip with { TimeToLive = 63 }).Client4().Tcp(1, 80).Build(), routed.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_tunnel_packet_whose_time_is_over_goes_no_further(int timeToLive)
    {
        byte[] frame = Traffic.FromRouter(ip => ip with { TimeToLive = (byte)timeToLive }).Client4().Tcp(1, 80).Build();
        Outcome outcome = _balancer.Send(frame);
        Assert.Equal((Verdict.Dropped, Reason.TtlExpired), (outcome.Verdict, outcome.Reason));
        Assert.Equal(frame, outcome.Bytes);
    }

    [Fact]
    public void What_does_not_fit_the_path_is_too_big()
    {
        _balancer.Catalogue.Change("server1", backend => backend with { MtuBytes = 576 });
        _balancer.Publish();
        const int PlainOverhead = 24, Headers = 40;
        Assert.Equal(Verdict.Forwarded, _balancer.Send(PacketBuilder.Ethernet().Client4().Tcp(1, 80).PayloadOf(576 - PlainOverhead - Headers)).Verdict);
        Assert.Equal(Reason.TooBig, _balancer.Send(PacketBuilder.Ethernet().Client4().Tcp(1, 80).PayloadOf(576 - PlainOverhead - Headers + 1)).Reason);
        Assert.Equal(Verdict.Forwarded, _balancer.Send(Traffic.FromRouter().Client4().Tcp(1, 80).PayloadOf(576 - PlainOverhead - Headers)).Verdict);
        Assert.Equal(Reason.TooBig, _balancer.Send(Traffic.FromRouter().Client4().Tcp(1, 80).PayloadOf(576 - PlainOverhead - Headers + 1)).Reason);
    }

    [Theory]
    [InlineData(24, 300, 0)]
    [InlineData(0, 0, 24)]
    [InlineData(23, 20, 1)]
    [InlineData(10, 600, 14)]
    [InlineData(0, 1, 24)]
    [InlineData(0, 7, 24)]
    [InlineData(16, 33, 8)]
    [InlineData(17, 34, 7)]
    [InlineData(0, 131, 24)]
    public void Without_room_in_front_a_plain_packet_moves_into_the_room_behind(int headroom, int payload, int behind)
    {
        PacketBuilder packet = PacketBuilder.Ethernet().Client4().Tcp(9, 80).PayloadOf(payload);
        int length = packet.Build().Length;
        byte[] expected = Traffic.ToBackend(Server, ip => ip).Client4().Tcp(9, 80).PayloadOf(payload).Build();
        using TestBalancer fits = OnBuffersOf(headroom, headroom + length + behind);
        Assert.Equal(expected, fits.Send(packet).Bytes);
        if (behind == 0) return;
        using TestBalancer tooShort = OnBuffersOf(headroom, headroom + length + behind - 1);
        Outcome outcome = tooShort.Send(packet);
        Assert.Equal((Verdict.Dropped, Reason.TooBig), (outcome.Verdict, outcome.Reason));
        Assert.Equal(packet.Build(), outcome.Bytes);
    }

    [Fact]
    public void Padding_counts_as_room_behind()
    {
        PacketBuilder packet = PacketBuilder.Ethernet().Client4().Tcp(1, 80).PadTo(80);
        using TestBalancer balancer = OnBuffersOf(headroom: 0, bufferBytes: 80);
        Assert.Equal(Traffic.ToBackend(Server, ip => ip).Client4().Tcp(1, 80).Build(), balancer.Send(packet).Bytes);
    }

    public void Dispose() => _balancer.Dispose();

    private static TestBalancer OnBuffersOf(int headroom, int bufferBytes)
    {
        TestBalancer balancer = new(wire: new MemoryWire(buffers: 4, headroom, bufferBytes));
        balancer.Catalogue.Service("web", Traffic.Vip).Backends(1);
        balancer.Publish();
        return balancer;
    }
}

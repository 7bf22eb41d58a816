using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Forwarding;

/// <summary>Packets for a service that is known are judged by a short way; it must say of each what the long one says.</summary>
public sealed class UsualIpv6Tests : IDisposable
{
    private const string Vip6 = "2001:db8:1::1", Client6 = "2001:db8:7::7";

    private readonly TestBalancer _knowing = Open(), _unknowing = Open();
    private readonly Random _random = new(6);

    public static TheoryData<string> Forms => new(Built.Keys);

    private static Dictionary<string, PacketBuilder> Built { get; } = new()
    {
        ["tcp"] = Inside(PacketBuilder.Ethernet()).Tcp(40000, 80, TcpControl.Ack).PayloadOf(9),
        ["udp"] = Inside(PacketBuilder.Ethernet()).Udp(40000, 53).PayloadOf(9),
        ["tcp in gre"] = Inside(Traffic.FromRouter()).Tcp(40000, 80, TcpControl.Ack).PayloadOf(9),
        ["udp in gre"] = Inside(Traffic.FromRouter()).Udp(40000, 53).PayloadOf(9),
    };

    public void Dispose()
    {
        _knowing.Dispose();
        _unknowing.Dispose();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Whatever_is_damaged(string form)
    {
        byte[] sound = Built[form].Build();
        AssertSame(sound);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= (byte)(1 << _random.Next(8));
            AssertSame(damaged);
            damaged[at] = (byte)(_random.Next(2) == 0 ? 0 : 0xFF);
            AssertSame(damaged);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Wherever_it_is_cut_off(string form)
    {
        byte[] sound = Built[form].Build();
        for (int length = 0; length < sound.Length; length++) AssertSame(sound[..length]);
        AssertSame([.. sound, .. new byte[20]]);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Both_ways_lead_to_one_flow(string form)
    {
        byte[] frame = Built[form].Build();
        Outcome first = _knowing.Send(frame);
        Assert.Equal(Verdict.Forwarded, first.Verdict);
        Assert.Equal(0ul, _knowing.Totals.FlowHits);
        // By the short way, and again by the long one.
        Assert.Equal(first.Backend, _knowing.Send(frame).Backend);
        Assert.Equal(1ul, _knowing.Totals.FlowHits);
        _knowing.Publish();
        Assert.Equal(first.Backend, _knowing.Send(frame).Backend);
        Assert.Equal(2ul, _knowing.Totals.FlowHits);
    }

    /// <summary>What is known of a service ends with the snapshot that has it.</summary>
    [Fact]
    public void A_service_that_is_gone_is_not_known()
    {
        PacketBuilder frame = Built["tcp in gre"];
        Assert.Equal(Verdict.Forwarded, _knowing.Send(frame).Verdict);
        Assert.Equal(Verdict.Forwarded, _knowing.Send(frame).Verdict);
        _knowing.Catalogue.RemoveService("web6");
        _knowing.Publish();
        Assert.Equal(Verdict.Host, _knowing.Send(frame).Verdict);
    }

    private static PacketBuilder Inside(PacketBuilder around) => around.Ipv6(Client6, Vip6);

    private static TestBalancer Open()
    {
        TestBalancer balancer = new();
        balancer.Catalogue.Service("web6", Vip6 + "/128").Service("dns6", Vip6 + "/128", Protocol.Udp, new PortRange(53, 53)).Backends(5);
        balancer.Publish();
        return balancer;
    }

    private void AssertSame(byte[] frame)
    {
        foreach (PacketBuilder form in Built.Values) _knowing.Send(form);
        _unknowing.Publish();
        (Outcome expected, Outcome actual) = (_unknowing.Send(frame), _knowing.Send(frame));
        Assert.Equal((expected.Verdict, expected.Reason, expected.Service, expected.Backend), (actual.Verdict, actual.Reason, actual.Service, actual.Backend));
        Assert.Equal(expected.Bytes, actual.Bytes);
    }
}

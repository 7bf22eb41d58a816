using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Golden;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Golden;

/// <summary>The rules that need a clock: how many are told of "too big", and for how long fragments are remembered.</summary>
public sealed class GoldenClockTests
{
    private const int ToldEachSecond = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_thousand_a_second_are_told_what_is_too_big(bool isIpv6)
    {
        using GoldenBalancer balancer = new(isIpv6 ? GoldenCatalogues.Web6 : GoldenCatalogues.Web);
        byte[] frame = Came.Plain.Then(isIpv6 ? Cast.Tcp6(payload: 1450) : Cast.Tcp4(payload: 1450)).Build();
        byte[][] frames = [.. Enumerable.Repeat(frame, ToldEachSecond + 500)];
        for (int second = 0; second < 3; second++)
        {
            IReadOnlyList<GoldenOutcome> outcomes = balancer.Send(frames);
            Assert.All(outcomes.Take(ToldEachSecond), outcome => Assert.Equal(("answered", "tooBig"), (outcome.Verdict, outcome.Reason)));
            Assert.All(outcomes.Skip(ToldEachSecond), outcome => Assert.Equal(("dropped", "rateLimited"), (outcome.Verdict, outcome.Reason)));
            balancer.Idle(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public void The_limit_is_not_for_what_is_dropped_anyway_nor_for_echo()
    {
        using GoldenBalancer balancer = new(GoldenCatalogues.Web);
        byte[] big = Came.Plain.Then(Cast.Tcp4(payload: 1450)).Build();
        byte[] fragment = Came.Plain.Then(Cast.Tcp4(payload: 4000).Fragment(1464, 1464, 0x5002)).Build();
        byte[] echo = Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Icmp().PayloadOf(56).Build();
        IReadOnlyList<GoldenOutcome> outcomes = balancer.Send([.. Enumerable.Repeat(fragment, 2000), .. Enumerable.Repeat(echo, 2000), .. Enumerable.Repeat(big, ToldEachSecond + 1), fragment, echo]);
        Assert.All(outcomes.Take(2000), outcome => Assert.Equal(("dropped", "tooBig"), (outcome.Verdict, outcome.Reason)));
        Assert.All(outcomes.Skip(2000).Take(2000), outcome => Assert.Equal(("answered", "echo"), (outcome.Verdict, outcome.Reason)));
        Assert.All(outcomes.Skip(4000).Take(ToldEachSecond), outcome => Assert.Equal(("answered", "tooBig"), (outcome.Verdict, outcome.Reason)));
        Assert.Equal(["dropped rateLimited", "dropped tooBig", "answered echo"], outcomes.Skip(5000).Select(outcome => $"{outcome.Verdict} {outcome.Reason}"));
    }

    [Theory]
    [InlineData(29, true, false)]
    [InlineData(29, true, true)]
    [InlineData(40, false, false)]
    [InlineData(40, false, true)]
    public void A_first_fragment_is_remembered_for_thirty_seconds(int seconds, bool isRemembered, bool isIpv6)
    {
        // Two services, so that only the first fragment's ports can tell.
        PacketBuilder packet = isIpv6 ? Cast.Tcp6(port: 443, vip: "2001:db8:1::3", payload: 200) : Cast.Tcp4(port: 443, vip: "10.1.0.3", payload: 200);
        using GoldenBalancer balancer = new(isIpv6 ? GoldenCatalogues.Web6 : GoldenCatalogues.Web);
        Assert.Equal("forwarded", balancer.Send([Came.Plain.Then(packet.Fragment(0, 96, 0x7777)).Build()])[0].Verdict);
        balancer.Idle(TimeSpan.FromSeconds(seconds));
        GoldenOutcome later = balancer.Send([Came.Plain.Then(packet.Fragment(96, 96, 0x7777)).Build()])[0];
        Assert.Equal(isRemembered ? ("forwarded", null) : ("dropped", "fragmentUnknown"), (later.Verdict, later.Reason));
    }

    /// <summary>A flow's ports and labels come from its hash: the same for a flow, spread over flows.</summary>
    [Fact]
    public void Tunnels_of_one_flow_have_one_source_port_and_label_and_flows_have_many()
    {
        using GoldenBalancer balancer = new(GoldenCatalogues.Forms);
        foreach (GoldenForm form in new[] { GoldenForm.Gue, GoldenForm.Vxlan, GoldenForm.Geneve, GoldenForm.Gre })
        {
            HashSet<(int, uint)> seen = [];
            for (int client = 1000; client < 1200; client++)
            {
                byte[] frame = Came.Plain.Then(Cast.Tcp4(client, vip: GoldenCatalogues.FormVip(form, false, GoldenServer.Six1))).Build();
                Unstated[] twice = [.. balancer.Send([frame, frame]).Select(outcome => Unstated.Of(outcome.Bytes, GoldenServer.Six1))];
                Assert.Equal((twice[0].FlowPort, twice[0].FlowLabel), (twice[1].FlowPort, twice[1].FlowLabel));
                seen.Add((form == GoldenForm.Gre ? 0 : twice[0].FlowPort, twice[0].FlowLabel));
            }

            Assert.True(seen.Count > 180, $"{form.Word}: {seen.Count} for 200 flows");
        }
    }
}

using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Golden;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Golden;

/// <summary>The rules that need a clock: how many are told of "too big", and for how long fragments are remembered.</summary>
public sealed class GoldenClockTests
{
    private const int ToldEachSecond = 1000;

    // A limit may give out its thousand in small portions, and save up one of them while nobody asks.
    private const int Portion = 100;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_more_than_a_thousand_a_second_are_told_what_is_too_big(bool isIpv6)
    {
        using GoldenBalancer balancer = new(isIpv6 ? GoldenCatalogues.Web6 : GoldenCatalogues.Web);
        byte[] frame = Came.Plain.Then(isIpv6 ? Cast.Tcp6(payload: 1450) : Cast.Tcp4(payload: 1450)).Build();
        int told = ToldIn(balancer, [frame, frame, frame], milliseconds: 3000);
        Assert.InRange(told, 3 * ToldEachSecond * 9 / 10, (3 * ToldEachSecond) + Portion);
    }

    [Fact]
    public void Who_asks_less_often_is_always_told()
    {
        using GoldenBalancer balancer = new(GoldenCatalogues.Web);
        byte[] frame = Came.Plain.Then(Cast.Tcp4(payload: 1450)).Build();
        Assert.Equal(ToldEachSecond * 9 / 10, Enumerable.Range(0, 100).Sum(_ => ToldIn(balancer, [frame, frame, frame, frame, frame, frame, frame, frame, frame], milliseconds: 1, pause: 9)));
    }

    [Fact]
    public void The_limit_is_not_for_what_is_dropped_anyway_nor_for_echo()
    {
        using GoldenBalancer balancer = new(GoldenCatalogues.Web);
        byte[] big = Came.Plain.Then(Cast.Tcp4(payload: 1450)).Build();
        byte[] fragment = Came.Plain.Then(Cast.Tcp4(payload: 4000).Fragment(1464, 1464, 0x5002)).Build();
        byte[] echo = Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Icmp().PayloadOf(56).Build();
        IReadOnlyList<GoldenOutcome> outcomes = balancer.Send([.. Enumerable.Repeat(fragment, 2000), .. Enumerable.Repeat(echo, 2000), big, .. Enumerable.Repeat(big, 2000), fragment, echo]);
        Assert.All(outcomes.Take(2000), outcome => Assert.Equal(("dropped", "tooBig"), (outcome.Verdict, outcome.Reason)));
        Assert.All(outcomes.Skip(2000).Take(2000), outcome => Assert.Equal(("answered", "echo"), (outcome.Verdict, outcome.Reason)));
        string[] last = [.. outcomes.Skip(4000).Select(outcome => $"{outcome.Verdict} {outcome.Reason}")];
        Assert.Equal("answered tooBig", last[0]);
        Assert.Equal(["dropped rateLimited", "dropped tooBig", "answered echo"], last[^3..]);
    }

    /// <summary>Sends those frames at the beginning of each millisecond.</summary>
    private static int ToldIn(GoldenBalancer balancer, byte[][] frames, int milliseconds, int pause = 0)
    {
        int told = 0;
        for (int at = 0; at < milliseconds; at++)
        {
            foreach (GoldenOutcome outcome in balancer.Send(frames))
            {
                Assert.True((outcome.Verdict, outcome.Reason) is ("answered", "tooBig") or ("dropped", "rateLimited"), outcome.ToString());
                if (outcome.Verdict == "answered") told++;
            }

            balancer.Idle(TimeSpan.FromMilliseconds(1 + pause));
        }

        return told;
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

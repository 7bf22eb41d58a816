using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;
using Xunit.Abstractions;

namespace Dataplane.Tests.Tables;

public sealed unsafe class FlowTableTests(ITestOutputHelper output)
{
    private const long Start = 1_000_000_000;

    private static readonly FlowClock Now = FlowClock.At(Start);

    [Fact]
    public void At_its_stated_capacity_hardly_any_flow_is_displaced_and_none_is_misrouted()
    {
        const int Flows = 1 << 20;
        using FlowMemory flows = new(Flows);
        int displaced = 0;
        for (uint i = 0; i < Flows; i++)
        {
            FlowKey key = FlowMemory.Numbered(i);
            if (flows.Table.Insert(key, FlowMemory.HashOf(key), Backend(i), FlowState.Established, Now)) displaced++;
        }

        int lost = 0;
        for (uint i = 0; i < Flows; i++)
        {
            int backend = flows.Backend(FlowMemory.Numbered(i));
            if (backend < 0) lost++;
            else Assert.Equal(Backend(i), backend);
        }

        output.WriteLine($"measured: flow table at capacity, {displaced} of {Flows} flows displaced");
        Assert.Equal(displaced, lost);
        Assert.InRange(displaced, 0, Flows / 1000);
        for (uint i = Flows; i < 3 * Flows; i++) Assert.Equal(-1, flows.Backend(FlowMemory.Numbered(i)));
    }

    [Fact]
    public void Beyond_its_capacity_it_loses_flows_but_never_confuses_them()
    {
        using FlowMemory flows = new(1024);
        for (uint i = 0; i < 100_000; i++)
        {
            FlowKey key = FlowMemory.Numbered(i);
            flows.Table.Insert(key, FlowMemory.HashOf(key), Backend(i), FlowState.Established, Now);
            Assert.Equal(Backend(i), flows.Backend(key));
        }

        for (uint i = 0; i < 100_000; i++) Assert.Contains(flows.Backend(FlowMemory.Numbered(i)), new[] { -1, Backend(i) });
        Assert.Equal(2048, flows.Used);
    }

    [Fact]
    public void Keys_that_differ_in_one_bit_are_different_flows_even_with_one_hash()
    {
        using FlowMemory flows = new(1024);
        FlowKey known = FlowMemory.Key(0x0100_000A, 0x0100_010A, 0x5000_D204);
        foreach (ulong hash in new ulong[] { 0, FlowMemory.HashOf(known), ulong.MaxValue })
        {
            flows.Table.Insert(known, hash, 7, FlowState.Established, Now);
            for (int bit = 0; bit < 96; bit++)
            {
                uint Flip(uint value, int word) => bit / 32 == word ? value ^ (1u << (bit % 32)) : value;
                Assert.Equal(-1, flows.Backend(FlowMemory.Key(Flip(known.Source, 0), Flip(known.Destination, 1), Flip(known.Ports, 2)), hash));
            }

            Assert.Equal(-1, flows.Backend(FlowMemory.Key(known.Source, known.Destination, known.Ports, IpProtocol.Udp), hash));
            Assert.Equal(7, flows.Backend(known, hash));
        }
    }

    [Fact]
    public void Eight_flows_of_one_hash_live_side_by_side_and_the_ninth_displaces_the_one_idle_longest()
    {
        // Two different buckets for this hash, as for nearly all.
        const ulong Hash = 0x0123_4567_89AB_CDEF;
        using FlowMemory flows = new(1024);
        foreach (uint i in new uint[] { 5, 0, 1, 2, 3, 4, 6, 7 })
        {
            FlowClock clock = FlowClock.At(Start + (i == 5 ? 0 : 60_000));
            Assert.False(flows.Table.Insert(FlowMemory.Numbered(i), Hash, (int)i, FlowState.Established, clock));
        }

        for (uint i = 0; i < 8; i++) Assert.Equal((int)i, flows.Backend(FlowMemory.Numbered(i), Hash));
        Assert.True(flows.Table.Insert(FlowMemory.Numbered(8), Hash, 8, FlowState.Established, FlowClock.At(Start + 61_000)));
        for (uint i = 0; i < 9; i++) Assert.Equal(i == 5 ? -1 : (int)i, flows.Backend(FlowMemory.Numbered(i), Hash));
    }

    [Fact]
    public void An_expired_flow_gives_way_before_a_living_one()
    {
        const ulong Hash = 0x0123_4567_89AB_CDEF;
        using FlowMemory flows = new(1024);
        for (uint i = 0; i < 8; i++) flows.Table.Insert(FlowMemory.Numbered(i), Hash, (int)i, i == 2 ? FlowState.Opening : FlowState.Established, Now);
        Assert.False(flows.Table.Insert(FlowMemory.Numbered(8), Hash, 8, FlowState.Established, FlowClock.At(Start + 70_000)));
        Assert.Equal(-1, flows.Backend(FlowMemory.Numbered(2), Hash));
        Assert.Equal(8, flows.Backend(FlowMemory.Numbered(8), Hash));
    }

    [Fact]
    public void An_entry_holds_every_backend_state_and_time()
    {
        foreach (int backend in new[] { 0, 1, 8191, 16383 })
        {
            foreach (FlowState state in Enum.GetValues<FlowState>())
            {
                FlowEntry entry = new() { Meta = FlowMeta.Of(backend, FlowClass.Udp, 4095 + 4096, state) };
                Assert.Equal((backend, FlowClass.Udp, 4095u, state), (entry.Backend, entry.Class, entry.Meta.Time, entry.State));
            }
        }
    }

    private static int Backend(uint flow) => (int)(flow * 2654435761 >> 18);
}

using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;

namespace Dataplane.Tests.Packets;

public sealed class FlowKeyTests
{
    private const uint Source = 0x0100000A, Destination = 0x0100010A, Ports = 0x5000_D204;

    [Fact]
    public void A_five_tuple_is_all_five()
    {
        FlowKey tcp = Key(Affinity.FiveTuple, Ports, IpProtocol.Tcp);
        Assert.Equal((Source, Destination, Ports, FlowClass.Tcp), (tcp.Source, tcp.Destination, tcp.Ports, tcp.Class));
        Assert.Equal(FlowClass.Udp, Key(Affinity.FiveTuple, Ports, IpProtocol.Udp).Class);
        Assert.Equal(-1, AddressService(tcp));
    }

    [Fact]
    public void Protocols_without_ports_differ_by_their_number()
    {
        FlowKey icmp = Key(Affinity.FiveTuple, 0, IpProtocol.Icmp), esp = Key(Affinity.FiveTuple, 0, 50);
        Assert.Equal(FlowClass.Other, icmp.Class);
        Assert.NotEqual(icmp.Ports, esp.Ports);
        Assert.Equal(-1, AddressService(esp));
    }

    [Fact]
    public void Flows_by_address_do_not_look_at_ports_or_protocol()
    {
        Assert.Equal(Key(Affinity.Source, Ports, IpProtocol.Tcp, 3), Key(Affinity.Source, 1, IpProtocol.Udp, 3));
        Assert.Equal(Key(Affinity.Addresses, Ports, IpProtocol.Tcp, 3), Key(Affinity.Addresses, 1, IpProtocol.Udp, 3));
        Assert.Equal(0u, Key(Affinity.Source, Ports, IpProtocol.Tcp, 3).Destination);
        Assert.Equal(3, AddressService(Key(Affinity.Addresses, Ports, IpProtocol.Tcp, 3)));
        Assert.NotEqual(Key(Affinity.Source, 0, IpProtocol.Tcp, 3), Key(Affinity.Source, 0, IpProtocol.Tcp, 4));
    }

    [Fact]
    public void Every_input_bit_changes_half_the_hash()
    {
        FlowHash hash = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);
        Random random = new(7);
        for (int bit = 0; bit < 128; bit++)
        {
            double flips = 0;
            for (int trial = 0; trial < 500; trial++)
            {
                ulong addresses = (ulong)random.NextInt64(), rest = (ulong)random.NextInt64();
                ulong flipped = bit < 64 ? hash.Of(addresses ^ (1UL << bit), rest) : hash.Of(addresses, rest ^ (1UL << (bit - 64)));
                flips += ulong.PopCount(hash.Of(addresses, rest) ^ flipped);
            }

            Assert.InRange(flips / 500, 28, 36);
        }
    }

    [Fact]
    public void A_flow_by_address_hashes_the_services_name_and_not_its_slot()
    {
        FlowHash hash = new(1, 2);
        ServiceRecord sticky = new() { Affinity = (byte)Affinity.Source, NameHash = 99 }, other = sticky with { NameHash = 98 };
        Assert.Equal(Key(Affinity.Source, 0, 6, slot: 1).Hash(hash, sticky), Key(Affinity.Source, 0, 6, slot: 2).Hash(hash, sticky));
        Assert.NotEqual(Key(Affinity.Source, 0, 6).Hash(hash, other), Key(Affinity.Source, 0, 6).Hash(hash, sticky));
    }

    [Fact]
    public void Another_key_is_another_hash()
    {
        FlowKey key = Key(Affinity.FiveTuple, Ports, IpProtocol.Tcp);
        ServiceRecord service = default;
        Assert.NotEqual(key.Hash(new FlowHash(1, 2), service), key.Hash(new FlowHash(1, 3), service));
        Assert.NotEqual(key.Hash(new FlowHash(1, 2), service), key.Hash(new FlowHash(2, 2), service));
    }

    // Algorithm number 1 is a promise between nodes of different versions.
    [Fact]
    public void Algorithm_1_never_changes()
    {
        FlowHash hash = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);
        Assert.Equal(0x4A603183452BB60EUL, hash.Of(0x0100_010A_0100_000A, 0x0000_0001_5000_D204));
    }

    private static int AddressService(FlowKey key) =>
        new FlowEntry { Ports = key.Ports, Meta = FlowMeta.Of(0, key.Class, 0, FlowState.Opening) }.AddressService;

    private static FlowKey Key(Affinity affinity, uint ports, byte protocol, int slot = 0) =>
        FlowKey.For(new ServiceRecord { Affinity = (byte)affinity }, slot, Source, Destination, ports, protocol, FlowKey.ClassOf(protocol, hasPorts: true));
}

using System.Net;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

public sealed class VipSetTests
{
    // A full trie tells the order: what deletes first finds room, what adds first does not.
    [SkippableFact]
    public void The_new_is_added_before_the_old_is_deleted_and_a_failure_is_made_good_by_the_next_change()
    {
        using BpfMap trie = CreateOrSkip(capacity: 3);
        VipSet set = new(trie);
        set.Set(SteeringBench.Prefixes("10.1.0.0/24"));
        NativeException e = Assert.Throws<NativeException>(() => set.Set(SteeringBench.Prefixes("10.2.0.0/24")));
        Assert.Equal(Errno.ENOSPC, e.Errno);
        Assert.Contains(Key("10.1.0.0/24", insideGre: false), Keys(trie));
        Assert.Contains(Key("10.1.0.0/24", insideGre: true), Keys(trie));
        Assert.Equal(3, Keys(trie).Count);

        set.Set(SteeringBench.Prefixes("10.1.0.0/24"));
        Assert.Equal(2, Keys(trie).Count);
    }

    [SkippableFact]
    public void The_trie_of_a_predecessor_is_read_before_it_is_changed()
    {
        using BpfMap trie = CreateOrSkip();
        new VipSet(trie).Set(SteeringBench.Prefixes("0.0.0.1/32", "10.0.0.0/8", "2001:db8::/33", "0.0.0.0/0", "::/0"));
        Assert.Equal(8, Keys(trie).Count);
        new VipSet(trie).Set(SteeringBench.Prefixes("10.0.0.0/8", "2001:db8::/33"));
        Assert.Equal(
            [
                Key("10.0.0.0/8", insideGre: false), Key("10.0.0.0/8", insideGre: true), Key("2001:db8::/33", insideGre: false),
                Key("2001:db8::/33", insideGre: true),
            ],
            Keys(trie));
    }

    [SkippableFact]
    public void Duplicates_and_bits_behind_the_prefix_do_not_matter()
    {
        using BpfMap trie = CreateOrSkip();
        VipPrefix[] ipv4 = [new(Address("10.0.0.1"), 96 + 8), new(Address("10.0.0.255"), 96 + 8), new(Address("10.0.0.1"), 96 + 8, GreOnly: true)];
        VipPrefix[] ipv6 = [new(Address("2001:db8::1"), 60), new(Address("2001:db8:0:f:8000::"), 60), new(Address("2001:db8:0:10::"), 60)];
        new VipSet(trie).Set([.. ipv4, .. ipv6]);
        Assert.Equal(6, Keys(trie).Count);
    }

    [SkippableFact]
    public void More_than_fit_are_refused_and_nothing_changes()
    {
        using BpfMap trie = CreateOrSkip();
        VipSet set = new(trie);
        set.Set([new VipPrefix(IpKey.FromIpv4(1), 128)]);
        VipPrefix[] tooMany = [.. Enumerable.Range(0, (VipSet.Capacity / 2) + 1).Select(i => new VipPrefix(IpKey.FromIpv4((uint)i), 128))];
        Assert.Equal("4097 VIP prefixes, at most 4096 fit", Assert.Throws<PortException>(() => set.Set(tooMany)).Message);
        Assert.Equal("VIP prefix length 129 is not in 0-128", Assert.Throws<PortException>(() => set.Set([new VipPrefix(default, 129)])).Message);
        Assert.Equal(2, Keys(trie).Count);
        set.Set(tooMany.AsSpan(1));
        Assert.Equal(VipSet.Capacity, Keys(trie).Count);
    }

    // Every length of both families, in the kernel's trie and by the address type of .NET.
    [SkippableFact]
    public void A_prefix_is_for_the_addresses_that_share_its_bits_and_no_other()
    {
        using SteeringBench bench = new();
        Random random = new(5);
        for (int length = 1; length <= 160; length++)
        {
            byte[] address = new byte[length <= 32 ? 4 : 16];
            random.NextBytes(address);
            int bits = length <= 32 ? length : length - 32;
            IPNetwork network = new(Masked(address, bits), bits);
            bench.Program.Vips.Set([VipPrefix.Of(network)]);
            for (int flipped = -1; flipped < 8 * address.Length; flipped++)
            {
                byte[] near = [.. address];
                if (flipped >= 0) near[flipped / 8] ^= (byte)(0x80 >> (flipped % 8));
                IPAddress destination = new(near);
                string expected = network.Contains(destination) ? "redirect" : "pass";
                byte[] packet = WireBytes.To(destination.ToString());
                Assert.Equal(expected, bench.Verdict(WireBytes.Frame(packet)));
                // Around it the other family, which is never in the network.
                Assert.Equal(expected, bench.Verdict(WireBytes.Frame(near.Length == 4 ? WireBytes.Gre(packet).In6() : WireBytes.Gre(packet).In4())));
            }
        }
    }

    private static BpfMap CreateOrSkip(uint capacity = VipSet.Capacity)
    {
        try
        {
            return BpfMap.Create(new BpfMapShape("rr_vips", BpfAbi.BPF_MAP_TYPE_LPM_TRIE, VipKey.Bytes, 4, capacity, BpfAbi.BPF_F_NO_PREALLOC));
        }
        catch (NativeException e)
        {
            throw new SkipException($"no BPF here: {e.Message}");
        }
    }

    private static VipKey Key(string network, bool insideGre) => VipKey.Of(VipPrefix.Of(IPNetwork.Parse(network)), insideGre);

    private static IpKey Address(string text) => IpKey.From(IPAddress.Parse(text));

    private static IPAddress Masked(byte[] address, int bits)
    {
        byte[] masked = new byte[address.Length];
        for (int i = 0; i < bits; i++) masked[i / 8] |= (byte)(address[i / 8] & (0x80 >> (i % 8)));
        return new IPAddress(masked);
    }

    private static List<VipKey> Keys(BpfMap trie)
    {
        List<VipKey> keys = [];
        byte[] key = [], next = new byte[VipKey.Bytes];
        while (trie.TryNextKey(key, next))
        {
            key = [.. next];
            keys.Add(VipKey.Read(key));
        }

        keys.Sort();
        return keys;
    }
}

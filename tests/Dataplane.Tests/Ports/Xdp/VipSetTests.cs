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
        set.Set([new VipPrefix(0x0A010000, 24)]);
        NativeException e = Assert.Throws<NativeException>(() => set.Set([new VipPrefix(0x0A020000, 24)]));
        Assert.Equal(Errno.ENOSPC, e.Errno);
        Assert.Contains(VipKey.Pack(0x0A010000, 24, VipKey.Plain), Keys(trie));
        Assert.Contains(VipKey.Pack(0x0A010000, 24, VipKey.InsideGre), Keys(trie));
        Assert.Equal(3, Keys(trie).Count);

        set.Set([new VipPrefix(0x0A010000, 24)]);
        Assert.Equal(2, Keys(trie).Count);
    }

    [SkippableFact]
    public void The_trie_of_a_predecessor_is_read_before_it_is_changed()
    {
        using SteeringBench bench = new();
        using BpfMap trie = CreateOrSkip();
        new VipSet(trie).Set([new VipPrefix(1, 32), new VipPrefix(0x0A000000, 8), VipPrefix.EveryGre]);
        Assert.Equal(5, Keys(trie).Count);
        new VipSet(trie).Set([new VipPrefix(0x0A000000, 8)]);
        Assert.Equal(
            [VipKey.Pack(0x0A000000, 8, VipKey.Plain), VipKey.Pack(0x0A000000, 8, VipKey.InsideGre)],
            Keys(trie));
    }

    [SkippableFact]
    public void Duplicates_and_bits_behind_the_prefix_do_not_matter()
    {
        using BpfMap trie = CreateOrSkip();
        new VipSet(trie).Set([new VipPrefix(0x0A000001, 8), new VipPrefix(0x0A0000FF, 8), new VipPrefix(0x0A000001, 8, GreOnly: true)]);
        Assert.Equal(2, Keys(trie).Count);
    }

    [SkippableFact]
    public void More_than_fit_are_refused_and_nothing_changes()
    {
        using BpfMap trie = CreateOrSkip();
        VipSet set = new(trie);
        set.Set([new VipPrefix(1, 32)]);
        VipPrefix[] tooMany = [.. Enumerable.Range(0, (VipSet.Capacity / 2) + 1).Select(i => new VipPrefix((uint)i, 32))];
        Assert.Equal("4097 VIP prefixes, at most 4096 fit", Assert.Throws<PortException>(() => set.Set(tooMany)).Message);
        Assert.Equal("VIP prefix length 33 is not in 0-32", Assert.Throws<PortException>(() => set.Set([new VipPrefix(1, 33)])).Message);
        Assert.Equal(2, Keys(trie).Count);
        set.Set(tooMany.AsSpan(1));
        Assert.Equal(VipSet.Capacity, Keys(trie).Count);
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

    private static List<ulong> Keys(BpfMap trie)
    {
        List<ulong> keys = [];
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

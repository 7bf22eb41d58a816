using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Contract.Snapshots;

public sealed unsafe class SnapshotPublisherTests : IDisposable
{
    private readonly TestRegion _region = new();
    private readonly TestCatalogue _catalogue = new TestCatalogue().Service("web", "10.1.0.1").Backends(4);
    private SnapshotPublisher _publisher;

    public SnapshotPublisherTests() => _publisher = new SnapshotPublisher(_region.Control);

    private SnapshotView Current => _region.View.Snapshot(_publisher.Generation);

    [Fact]
    public void A_publication_is_one_generation_more_and_says_what_it_was_told()
    {
        Publish();
        Assert.Equal(1, _publisher.Generation);
        SnapshotHeader* header = Current.Header;
        Assert.Equal(1, header->Generation);
        Assert.Equal((_catalogue.HashKey.Key0, _catalogue.HashKey.Key1, 1), (header->HashKey0, header->HashKey1, header->HashAlgorithm));
        Assert.Equal("web", SnapshotView.Text(Current.ServiceNames + 0));
        PoolRecord pool = Current.Pools[0];
        Assert.Equal((_catalogue.TableSize, 4, 4), (pool.TableSize, pool.TakesNew, pool.Backends));
        foreach (ushort slot in _region.View.Table(pool)) Assert.InRange(slot, 0, 3);
        BackendRecord server2 = Current.Backends[Slot("server2")];
        Assert.Equal("192.168.137.12", server2.Address.ToAddress().ToString());
        Assert.Equal(TestBackend.BalancerAddress, server2.Source.ToAddress().ToString());
        Assert.Equal((ushort)1500, server2.MtuBytes);
        Assert.Equal("02BBC0A8890C020000000001", Convert.ToHexString(new ReadOnlySpan<byte>(server2.Macs, 12)));
    }

    [Fact]
    public void Slots_stay_when_others_come_and_go()
    {
        Publish();
        int server1 = Slot("server1"), server4 = Slot("server4");
        _catalogue.Backend("a-new-one", "192.168.137.50").Remove("server2");
        Publish();
        _catalogue.Service("dns", "10.1.0.2");
        Publish();
        Assert.Equal((server1, server4), (Slot("server1"), Slot("server4")));
        Assert.Equal(0, ServiceSlot("web"));
    }

    [Fact]
    public void A_retired_slot_keeps_its_name_and_comes_back_with_it()
    {
        Publish();
        int slot = Slot("server2");
        _catalogue.Remove("server2");
        Publish();
        Assert.Equal((SlotState.Retired, 2L), (Current.Backends[slot].State, Current.Backends[slot].RetiredAt));
        Assert.Equal(BackendFlags.None, Current.Backends[slot].Flags);
        _catalogue.Backend("server2", "192.168.137.99");
        Publish();
        Assert.Equal(slot, Slot("server2"));
        Assert.Equal(SlotState.InUse, Current.Backends[slot].State);
    }

    [Fact]
    public void A_retired_slot_is_given_to_another_only_after_the_sweep()
    {
        _catalogue.Backends(TestRegion.Small.Backends);
        Publish();
        int slot = Slot("server7");
        _catalogue.Remove("server7");
        Publish();
        _catalogue.Backend("newcomer", "192.168.137.200");
        string message = Assert.Throws<RegionException>(Publish).Message;
        Assert.Contains("more backends than the capacity of 64", message, StringComparison.Ordinal);
        Assert.Equal(2, _publisher.Generation);

        _region.View.Reader(0)->SweptGeneration = 1;
        Assert.Throws<RegionException>(Publish);
        _region.View.Reader(0)->SweptGeneration = 2;
        Publish();
        Assert.Equal(slot, Slot("newcomer"));
    }

    [Fact]
    public void The_next_publisher_continues_where_the_last_one_stopped()
    {
        Publish();
        _catalogue.Backend("zz", "192.168.137.60").Remove("server3");
        Publish();
        int[] before = [Slot("server1"), Slot("server2"), Slot("server4"), Slot("zz"), ServiceSlot("web")];
        int retired = Slot("server3");
        long table = Current.Pools[0].TableOffset;

        _publisher = new SnapshotPublisher(_region.Control);
        Assert.Equal(2, _publisher.Generation);
        Publish();
        Assert.Equal(3, _publisher.Generation);
        Assert.Equal(before, new[] { Slot("server1"), Slot("server2"), Slot("server4"), Slot("zz"), ServiceSlot("web") });
        Assert.Equal(table, Current.Pools[0].TableOffset);
        Assert.Equal((SlotState.Retired, 2L), (Current.Backends[retired].State, Current.Backends[retired].RetiredAt));
        _catalogue.Backend("server5", "192.168.137.61");
        Publish();
        Assert.NotEqual(retired, Slot("server5"));
    }

    [Fact]
    public void A_removed_pool_is_remembered_while_its_slots_are_retired()
    {
        _catalogue.Backend("b", "192.168.137.70", pool: "other");
        Publish();
        int slot = Slot("b");
        _catalogue.RemovePool("other");
        Publish();
        _publisher = new SnapshotPublisher(_region.Control);
        _catalogue.Backend("b", "192.168.137.70", pool: "other");
        Publish();
        Assert.Equal(slot, Slot("b"));
    }

    [Fact]
    public void A_table_that_reads_the_same_stays_where_it_is()
    {
        Publish();
        long offset = Current.Pools[0].TableOffset;
        _catalogue.Change("server1", backend => backend with { HasNextHop = false });
        Publish();
        Assert.Equal(offset, Current.Pools[0].TableOffset);
        _catalogue.Change("server1", backend => backend.Drained);
        Publish();
        Assert.NotEqual(offset, Current.Pools[0].TableOffset);
        Assert.DoesNotContain((ushort)Slot("server1"), _region.View.Table(Current.Pools[0]).ToArray());
    }

    [Fact]
    public void An_exhausted_arena_is_an_error_and_publishes_nothing()
    {
        Publish();
        _catalogue.TableSize = 524_309;
        string message = Assert.Throws<RegionException>(Publish).Message;
        Assert.Equal($"{_region.Path}: the tables exceed the capacity of 1 MiB: fewer pools or smaller tableSize", message);
        Assert.Equal(1, _publisher.Generation);
        Assert.Equal(251, Current.Pools[0].TableSize);
        _catalogue.TableSize = 4093;
        Publish();
        Assert.Equal(2, _publisher.Generation);
    }

    [Fact]
    public void The_arena_is_used_again_and_again()
    {
        _catalogue.TableSize = 131_071;
        for (int i = 0; i < 50; i++)
        {
            _catalogue.Change("server1", backend => i % 2 == 0 ? backend.Drained : backend with { TakesNew = true });
            Publish();
        }

        Assert.Equal(50, _publisher.Generation);
    }

    [Theory]
    [InlineData("services", 32)]
    [InlineData("backends", 64)]
    [InlineData("pools", 16)]
    [InlineData("routers", 4)]
    public void More_than_a_capacity_is_an_error_and_publishes_nothing(string what, int capacity)
    {
        Publish();
        for (int i = 0; i <= capacity; i++)
        {
            if (what == "services") _catalogue.Service($"s{i}", $"10.2.0.{i}");
            if (what == "backends") _catalogue.Backend($"b{i}", $"192.168.138.{i}");
            if (what == "pools") _catalogue.Pool($"p{i}");
            if (what == "routers") _catalogue.Routers.Add(System.Net.IPNetwork.Parse($"192.0.2.{i}/32"));
        }

        string message = Assert.Throws<RegionException>(Publish).Message;
        Assert.StartsWith($"{_region.Path}: more {what} than the capacity of {capacity}", message, StringComparison.Ordinal);
        Assert.Equal(1, _publisher.Generation);
        Assert.Equal(SlotState.InUse, Current.Backends[Slot("server1")].State);
    }

    [Fact]
    public void A_pinned_generation_is_not_overwritten_and_the_publisher_does_not_wait()
    {
        Publish();
        SnapshotReader reader = new(_region.View, 0);
        reader.Refresh();
        for (int i = 0; i < RegionLayout.SnapshotSlots - 1; i++) Publish();
        Assert.False(_publisher.TryPublish(_catalogue.ToContent()));
        Assert.Equal(1, reader.Current.Header->Generation);
        reader.Refresh();
        Publish();
        reader.Rest();
        for (int i = 0; i < 10; i++) Publish();
    }

    [Fact]
    public void Pins_of_a_dead_dataplane_do_not_count()
    {
        Publish();
        SnapshotReader reader = new(_region.View, 0);
        reader.Refresh();
        _region.Dataplane.Dispose();
        for (int i = 0; i < 10; i++) Publish();
    }

    [Fact]
    public void Names_are_kept_to_their_last_byte()
    {
        string longest = new('x', 63);
        _catalogue.Backend(longest, "192.168.137.80").Service(longest, "10.1.0.9");
        Publish();
        Assert.Equal(longest, SnapshotView.Text(Current.BackendNames + Slot(longest)));
        Assert.Equal(longest, SnapshotView.Text(Current.ServiceNames + ServiceSlot(longest)));
    }

    public void Dispose() => _region.Dispose();

    private void Publish()
    {
        if (!_publisher.TryPublish(_catalogue.ToContent())) throw new InvalidOperationException("a reader holds the slot");
    }

    private int Slot(string backend) => Find(Current.BackendNames, Current.Header->BackendSlots, backend);

    private int ServiceSlot(string service) => Find(Current.ServiceNames, Current.Header->ServiceSlots, service);

    private static int Find(NameRecord* names, int count, string name)
    {
        for (int slot = 0; slot < count; slot++)
        {
            if (SnapshotView.Text(names + slot) == name) return slot;
        }

        return -1;
    }
}

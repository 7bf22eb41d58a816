using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Regions;
using Xunit.Abstractions;

namespace Dataplane.Tests.Contract.Region;

/// <summary>Writer in one mapping, reader in the other, as the two programs have them.</summary>
public sealed class ExceptionTableTests : IDisposable
{
    private const uint Later = 1000;

    private readonly ITestOutputHelper _output;
    private readonly TestRegion _region = new(TestRegion.Small with { Exceptions = 1 << 12 });
    private readonly Random _random = new(5);
    private readonly ExceptionWriter _writer;

    public ExceptionTableTests(ITestOutputHelper output)
    {
        _output = output;
        _writer = new ExceptionWriter(new RegionView(_region.Control));
    }

    private ExceptionTable Table => _region.View.ExceptionTable;

    public void Dispose() => _region.Dispose();

    [Fact]
    public void What_is_set_is_found_until_it_expires_or_is_removed()
    {
        Assert.True(_writer.TrySet(0xAB, 7, FlowClass.Udp, FlowState.Closing, Later));
        Assert.True(Table.TryFind(0xAB, Later, out ExceptionValue value));
        Assert.Equal((7, FlowClass.Udp, FlowState.Closing, Later), (value.Backend, value.Class, value.State, value.ExpiresAt));
        Assert.False(Table.TryFind(0xAB, Later + 1, out _));
        Assert.False(Table.TryFind(0xAC, 1, out _));

        Assert.True(_writer.TrySet(0xAB, 16383, FlowClass.Other, FlowState.Established, uint.MaxValue));
        Assert.True(Table.TryFind(0xAB, Later + 1, out value));
        Assert.Equal((16383, FlowClass.Other, FlowState.Established, 1), (value.Backend, value.Class, value.State, _writer.Count));

        _writer.Remove(0xAB);
        _writer.Remove(0xAC);
        Assert.False(Table.TryFind(0xAB, 1, out _));
        Assert.Equal(0, _writer.Count);
    }

    [Fact]
    public void A_hash_of_zero_is_a_flow_like_any_other()
    {
        Assert.False(Table.TryFind(0, 1, out _));
        Assert.True(_writer.TrySet(0, 3, FlowClass.Tcp, FlowState.Established, Later));
        Assert.True(Table.TryFind(0, 1, out ExceptionValue value));
        Assert.Equal(3, value.Backend);
    }

    [Fact]
    public unsafe void The_count_tells_workers_whether_there_is_anything_to_look_up()
    {
        for (ulong hash = 1; hash <= 10; hash++) _writer.TrySet(hash * 77, 1, FlowClass.Tcp, FlowState.Established, Later);
        _writer.TrySet(77, 2, FlowClass.Tcp, FlowState.Established, Later);
        Assert.Equal(10, _region.View.Header->ExceptionCount);
        foreach ((ulong hash, _) in _writer.Entries()) _writer.Remove(hash);
        Assert.Equal(0, _region.View.Header->ExceptionCount);
    }

    [Fact]
    public void The_stated_capacity_fits_and_not_one_more()
    {
        ulong[] hashes = [.. Enumerable.Range(0, _writer.Capacity).Select(_ => (ulong)_random.NextInt64())];
        int refused = hashes.Count(hash => !_writer.TrySet(hash, 1, FlowClass.Tcp, FlowState.Established, Later));
        _output.WriteLine($"measured: {refused} of {_writer.Capacity} refused");
        Assert.InRange(refused, 0, _writer.Capacity / 1000);
        Assert.Equal(_writer.Capacity - refused, hashes.Count(hash => Table.TryFind(hash, 1, out _)));

        while (_writer.Count < _writer.Capacity) _writer.TrySet((ulong)_random.NextInt64(), 1, FlowClass.Tcp, FlowState.Established, Later);
        Assert.False(_writer.TrySet((ulong)_random.NextInt64(), 1, FlowClass.Tcp, FlowState.Established, Later));
    }

    [Fact]
    public void Another_control_plane_finds_what_the_last_one_left()
    {
        for (int i = 1; i <= 100; i++) _writer.TrySet((ulong)_random.NextInt64(), i % 5, FlowClass.Tcp, FlowState.Established, (uint)i);
        ExceptionWriter next = new(_region.View);
        Assert.Equal(100, next.Count);
        Assert.Equal(_writer.Entries().Select(entry => (entry.Hash, entry.Value.Word)).Order(), next.Entries().Select(entry => (entry.Hash, entry.Value.Word)).Order());
    }
}

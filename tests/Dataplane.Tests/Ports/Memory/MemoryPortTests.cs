using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace Dataplane.Tests.Ports.Memory;

public sealed unsafe class MemoryPortTests
{
    [Fact]
    public void Frames_arrive_in_order_with_room_on_both_sides()
    {
        using MemoryWire wire = new();
        wire.Enqueue([1, 2, 3]);
        wire.Enqueue([4, 5]);
        MemoryPort port = new(wire);
        PacketSlot[] batch = new PacketSlot[32];

        Assert.Equal(2, port.Receive(batch));
        Assert.Equal([1, 2, 3], new ReadOnlySpan<byte>(batch[0].Data, batch[0].Length).ToArray());
        Assert.Equal([4, 5], new ReadOnlySpan<byte>(batch[1].Data, batch[1].Length).ToArray());
        Assert.True(batch[0].Headroom >= 128);
        Assert.Equal(MemoryWire.DefaultBufferBytes, batch[0].Headroom + batch[0].Length + batch[0].Tailroom);
        Assert.Equal(2, wire.OnLoan);
    }

    [Fact]
    public void What_leaves_is_captured_by_the_way_it_left()
    {
        using MemoryWire wire = new();
        for (byte i = 1; i <= 3; i++) wire.Enqueue([i]);
        wire.EndInput();
        MemoryPort port = new(wire);
        PacketSlot[] batch = new PacketSlot[3];
        Assert.Equal(3, port.Receive(batch));

        // Grows into the headroom, as encapsulation does.
        PacketSlot grown = batch[0] with { Data = batch[0].Data - 2, Length = 3, Headroom = batch[0].Headroom - 2 };
        grown.Data[0] = 8;
        grown.Data[1] = 9;
        Assert.Equal(1, port.Transmit([grown]));
        Assert.True(port.TryToHost(batch[1]));
        port.Release(batch[2]);

        Assert.Equal([8, 9, 1], Assert.Single(wire.Transmitted));
        Assert.Equal([2], Assert.Single(wire.ToHost));
        Assert.Equal([3], Assert.Single(wire.Released));
        Assert.Equal(0, wire.OnLoan);
        Assert.False(port.IsOpen);
    }

    [Fact]
    public void A_full_ring_refuses_and_leaves_the_frame_with_the_worker()
    {
        using MemoryWire wire = new() { TransmitRoom = 1, HostRoom = 0 };
        wire.Enqueue([1]);
        wire.Enqueue([2]);
        MemoryPort port = new(wire);
        PacketSlot[] batch = new PacketSlot[2];
        port.Receive(batch);

        Assert.Equal(1, port.Transmit([batch[0]]));
        Assert.Equal(0, port.Transmit([batch[1]]));
        Assert.False(port.TryToHost(batch[1]));
        Assert.Equal(1, wire.OnLoan);
        port.Release(batch[1]);
        Assert.Equal(0, wire.OnLoan);
    }

    [Fact]
    public void Repetition_recycles_few_buffers_without_allocating()
    {
        using MemoryWire wire = new(buffers: 32) { Capture = false, Flows = new FlowVariation(26, 34, 1000) };
        wire.Enqueue(new byte[64]);
        MemoryPort port = new(wire);
        PacketSlot[] batch = new PacketSlot[32];
        wire.Repeat(64);
        Drain(port, batch);

        wire.Repeat(100_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Drain(port, batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100_064, wire.TransmittedFrames);
    }

    [Fact]
    public void Flow_variation_makes_the_stated_number_of_flows()
    {
        using MemoryWire wire = new() { Flows = new FlowVariation(2, 6, 100) };
        wire.Enqueue(new byte[8]);
        wire.Repeat(5000);
        MemoryPort port = new(wire);
        Drain(port, new PacketSlot[32]);
        Assert.Equal(100, wire.Transmitted.Select(Convert.ToHexString).Distinct().Count());
    }

    private static void Drain(MemoryPort port, PacketSlot[] batch)
    {
        for (int count = port.Receive(batch); count > 0; count = port.Receive(batch))
        {
            for (int i = 0; i < count; i++) Assert.True(port.Transmit(batch.AsSpan(i, 1)) == 1);
            port.Flush();
        }
    }
}

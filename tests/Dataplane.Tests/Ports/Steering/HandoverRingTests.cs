using System.Runtime.ExceptionServices;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Steering;

namespace Dataplane.Tests.Ports.Steering;

public sealed unsafe class HandoverRingTests : IDisposable
{
    private readonly WakeEvent _steerer = new(), _worker = new();
    private readonly HandoverRing _ring = new(capacity: 16);
    private readonly HandingEnd _handing;
    private readonly DecidingEnd _deciding;
    private readonly PacketSlot[] _batch = new PacketSlot[32];

    public HandoverRingTests() => (_handing, _deciding) = (new HandingEnd(_ring, _worker), new DecidingEnd(_ring, _steerer, _worker));

    public void Dispose()
    {
        _ring.Dispose();
        _steerer.Dispose();
        _worker.Dispose();
    }

    [Fact]
    public void What_is_handed_over_is_seen_when_it_is_published_and_comes_back_when_that_is()
    {
        Assert.True(_handing.TryHand(Slot(1)));
        Assert.Equal(0, _deciding.Take(_batch));
        _handing.Publish();
        Assert.Equal(1, _deciding.Take(_batch));
        Assert.Equal((1ul, 60), (_batch[0].Cookie, _batch[0].Length));
        _batch[0].Length = 84;
        _deciding.GiveBack(_batch.AsSpan(0, 1));
        Assert.Equal(0, _handing.Returned().Length);
        Assert.False(_handing.HasReturned);
        _deciding.Publish();
        Assert.True(_handing.HasReturned);
        Assert.Equal((1ul, 84), (_handing.Returned()[0].Cookie, _handing.Returned()[0].Length));
        Assert.Equal(1, _handing.Away);
        _handing.Leave(1);
        Assert.Equal((0, 0), (_handing.Away, _handing.Returned().Length));
    }

    [Fact]
    public void A_full_ring_refuses_until_something_has_left_it_and_always_has_room_for_what_comes_back()
    {
        for (ulong i = 0; i < 16; i++) Assert.True(_handing.TryHand(Slot(i)));
        Assert.False(_handing.TryHand(Slot(16)));
        _handing.Publish();
        Assert.Equal(16, _deciding.Take(_batch));
        Assert.False(_handing.TryHand(Slot(16)));
        _deciding.GiveBack(_batch.AsSpan(0, 16));
        _deciding.Publish();
        Assert.False(_handing.TryHand(Slot(16)));
        Assert.Equal(16, _handing.Returned().Length);
        _handing.Leave(1);
        Assert.True(_handing.TryHand(Slot(16)));
        Assert.False(_handing.TryHand(Slot(17)));
    }

    [Fact]
    public void A_slot_that_is_not_to_be_sent_says_so_and_is_otherwise_as_it_was()
    {
        foreach (ulong i in (ulong[])[1, 2, 3]) _handing.TryHand(Slot(i));
        _handing.Publish();
        _deciding.Take(_batch);
        _deciding.GiveBack(_batch.AsSpan(0, 1));
        _deciding.GiveBackUnsent(_batch[1]);
        _deciding.GiveBack(_batch.AsSpan(2, 1));
        _deciding.Publish();
        Span<PacketSlot> returned = _handing.Returned();
        Assert.Equal(1, UnsentSlot.RunBefore(returned));
        Assert.Equal(0, UnsentSlot.RunBefore(returned[1..]));
        Assert.Equal(1, UnsentSlot.RunBefore(returned[2..]));
        PacketSlot restored = UnsentSlot.Restore(returned[1]);
        Assert.Equal((2ul, 60), (restored.Cookie, restored.Length));
    }

    [Fact]
    public void A_closed_ring_ends_the_wait()
    {
        Assert.False(_deciding.IsClosed);
        _handing.Close();
        _deciding.Wait(60_000);
        Assert.True(_deciding.IsClosed);
    }

    [Fact]
    public void What_is_handed_over_ends_the_wait_and_an_earlier_wake_up_does_not_end_the_next()
    {
        _handing.TryHand(Slot(1));
        _handing.Publish();
        _deciding.Wait(60_000);
        Assert.Equal(1, _deciding.Take(_batch));
        _worker.Set();
        _deciding.Wait(60_000);
        long started = Environment.TickCount64;
        _deciding.Wait(50);
        Assert.InRange(Environment.TickCount64 - started, 30, 60_000);
    }

    // Both sides sleep for good when they see nothing to do: a wake-up that is lost ends the test by its time.
    [Theory]
    [InlineData(16, 1)]
    [InlineData(16, 32)]
    [InlineData(64, 7)]
    public void Two_threads_hand_over_and_back_in_order(int capacity, int batch)
    {
        const int Slots = 500_000;
        using HandoverRing ring = new(capacity);
        HandingEnd handing = new(ring, _worker);
        DecidingEnd deciding = new(ring, _steerer, _worker);
        Exception? failure = null;
        Thread worker = new(() =>
        {
            try
            {
                Decide(deciding, batch);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        worker.Start();
        ulong next = 0, expected = 0;
        while (expected < Slots)
        {
            for (int i = 0; i < batch && next < Slots && handing.TryHand(Slot(next)); i++) next++;
            handing.Publish();
            Span<PacketSlot> returned = handing.Returned();
            foreach (ref PacketSlot slot in returned)
            {
                if (slot.Cookie != expected) throw new InvalidOperationException($"{slot.Cookie} came back, expected {expected}");
                bool isUnsent = UnsentSlot.Is(slot);
                if (isUnsent != (expected % 5 == 0) || (!isUnsent && slot.Length != 60 + (int)(expected % 100))) throw new InvalidOperationException($"slot {expected} came back otherwise");
                expected++;
            }

            handing.Leave(returned.Length);
            if (returned.Length == 0 && (next == Slots || handing.Away == capacity)) Sleep(handing);
        }

        handing.Close();
        Assert.True(worker.Join(TimeSpan.FromSeconds(60)));
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        Assert.Equal(0, handing.Away);
    }

    private void Sleep(HandingEnd handing)
    {
        _steerer.BeginSleep();
        if (!handing.HasReturned) _steerer.Wait(60_000);
        _steerer.EndSleep();
    }

    private static void Decide(DecidingEnd end, int batchSize)
    {
        PacketSlot[] batch = new PacketSlot[batchSize];
        ulong expected = 0;
        while (!end.IsClosed)
        {
            int count = end.Take(batch);
            if (count == 0) end.Wait(60_000);
            for (int i = 0; i < count; i++, expected++)
            {
                if (batch[i].Cookie != expected) throw new InvalidOperationException($"{batch[i].Cookie} was taken, expected {expected}");
                batch[i].Length += (int)(expected % 100);
                if (expected % 5 == 0) end.GiveBackUnsent(batch[i]);
                else end.GiveBack(batch.AsSpan(i, 1));
            }

            end.Publish();
        }
    }

    private static PacketSlot Slot(ulong cookie) => new() { Cookie = cookie, Length = 60 };
}

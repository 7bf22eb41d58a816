using System.Runtime.InteropServices;
using CsCheck;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;

namespace Property.Tests.Tables;

/// <summary>A tiny table under any sequence of look-ups, insertions and pauses agrees with a dictionary, but for what it displaced.</summary>
public sealed unsafe class FlowTableModelTests : IDisposable
{
    private const int Entries = 32, Keys = 40;

    private readonly FlowEntry* _entries = (FlowEntry*)NativeMemory.AlignedAlloc(Entries * (nuint)sizeof(FlowEntry), 64);

    [Fact]
    public void A_flow_is_found_with_its_own_backend_or_not_at_all()
    {
        Gen.Select(Gen.Int[0, Keys - 1], Gen.Int[0, 16383], Gen.OneOf(0, 0, 0, 5_000, 100_000), Gen.ULong[0, 7]).Array[1, 200].Sample(
            steps =>
            {
                NativeMemory.Clear(_entries, Entries * (nuint)sizeof(FlowEntry));
                FlowTable table = new(_entries, Entries);
                Dictionary<int, int> model = [];
                long now = 1_000_000_000;
                foreach ((int number, int backend, int pause, ulong salt) in steps)
                {
                    now += pause;
                    // Few hashes for many keys: buckets overflow all the time.
                    FlowKey key = Key(number);
                    ulong hash = ((ulong)number % 4) * 0x1111_1111_1111_1111;
                    FlowEntry* found = table.Find(key, hash);
                    if (found != null) Assert.Equal(model[number], found->Backend);
                    else table.Insert(key, hash, model[number] = backend, (FlowState)(salt % 3), FlowClock.At(now));
                    AssertNoKeyTwice();
                }
            },
            iter: 3000,
            threads: 1);
    }

    public void Dispose() => NativeMemory.AlignedFree(_entries);

    private static FlowKey Key(int number) => FlowKey.For(new ServiceRecord(), 0, 0x0100_000A, 0x0100_010A, (uint)number, (byte)(number % 3 == 0 ? 17 : 6), number % 3 == 0 ? FlowClass.Udp : FlowClass.Tcp);

    private void AssertNoKeyTwice()
    {
        HashSet<(uint, FlowClass)> seen = [];
        for (int i = 0; i < Entries; i++)
        {
            if (_entries[i].Class != FlowClass.Empty) Assert.True(seen.Add((_entries[i].Ports, _entries[i].Class)), "a flow stands twice");
        }
    }
}

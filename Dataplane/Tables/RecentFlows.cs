using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Where the established IPv4 flows go that were needed last, close together: 64 KiB that stay in the nearer caches and take few entries of
/// the processor's page cache, where the flow table takes one for nearly every flow. Buckets of one cache line. An entry is made only of a flow
/// that goes on to a backend that takes it, holds for the clock step and the snapshot that it was made under, and until its flow changes. Where flows
/// rarely come again while they are here, it rests. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class RecentFlows
{
    private const int Buckets = 1024, EntriesPerBucket = 4, BucketBytes = 64;
    private const int OffsetShift = 48;
    private const ulong OffsetMask = (Buckets - 1) * BucketBytes;

    // A hash of its own, cheaper than the cluster's: whoever makes its values meet makes some flows take the longer way, no more.
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15, SpreadRest = 0x6A09_E667_F3BC_C909;

    /// <summary>Packets in a trial; it goes on if one in so many was found, else it rests for so many trials.</summary>
    private const int TrialPackets = 1 << 14, UsefulShare = 6, RestTrials = 63;

    private readonly RecentFlow[] _memory = GC.AllocateArray<RecentFlow>((Buckets + 2) * EntriesPerBucket, pinned: true);
    private readonly byte* _first;
    private readonly RecentFlow* _nobodys;
    private uint _step, _turn;
    private int _asked, _found, _rest;

    public RecentFlows()
    {
        nuint at = (nuint)Unsafe.AsPointer(ref _memory[0]);
        _first = (byte*)((at + BucketBytes - 1) & ~(nuint)(BucketBytes - 1));
        _nobodys = (RecentFlow*)(_first + (Buckets * BucketBytes));
    }

    /// <summary>False: nobody need look or put in.</summary>
    public bool IsAwake { get; private set; } = true;

    /// <summary>The flow's entry, or one that is never put in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RecentFlow* Find(ulong addresses, ulong rest)
    {
        RecentFlow* bucket = At(addresses, rest);
        if (bucket[0].Difference(addresses, rest) == 0) return bucket;
        if (bucket[1].Difference(addresses, rest) == 0) return bucket + 1;
        if (bucket[2].Difference(addresses, rest) == 0) return bucket + 2;
        return bucket[3].Difference(addresses, rest) == 0 ? bucket + 3 : _nobodys;
    }

    /// <summary>In a free place or, in turn, in another's: a flow that is needed often is back at once.</summary>
    public void Put(RecentFlow flow)
    {
        RecentFlow* bucket = At(flow.Addresses, flow.Rest), place = bucket + (_turn++ & (EntriesPerBucket - 1));
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (!bucket[i].IsFree) continue;
            place = bucket + i;
            break;
        }

        *place = flow;
    }

    /// <summary>Before the flow changes. Two packets of one batch may have put it in twice.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Forget(ulong addresses, ulong rest)
    {
        RecentFlow* bucket = At(addresses, rest);
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (bucket[i].Difference(addresses, rest) == 0) bucket[i] = default;
        }
    }

    /// <summary>Slots may soon name other backends.</summary>
    public void ForgetAll() => Array.Clear(_memory);

    /// <summary>Once per batch, before it.</summary>
    /// <param name="step">Of the flow clock.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(uint step)
    {
        if (step == _step) return;
        _step = step;
        ForgetAll();
    }

    /// <summary>Once per batch, after its first pass: how many packets could have been found, and were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Account(int asked, int found)
    {
        _asked += asked;
        _found += found;
        if (_asked >= TrialPackets) EndTrial();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RecentFlow* At(ulong addresses, ulong rest) =>
        (RecentFlow*)(_first + ((((rest * SpreadRest) ^ addresses) * Spread >> OffsetShift) & OffsetMask));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndTrial()
    {
        bool isUseful = _found * UsefulShare >= _asked;
        _asked = _found = 0;
        if (IsAwake && !isUseful)
        {
            IsAwake = false;
            _rest = RestTrials;
            ForgetAll();
        }
        else if (!IsAwake && --_rest == 0)
        {
            IsAwake = true;
        }
    }
}

/// <summary>A flow's key and where its packets go; nothing that a packet of another flow could match.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct RecentFlow
{
    /// <summary>A match's number is below it.</summary>
    public const int MostMatches = 1 << 15;

    private const int BackendShift = 32, MatchShift = 48;
    private const ulong InPlace = 1UL << 63;

    private readonly ulong _addresses;

    /// <summary>As a flow key's second word, with the backend where a flow entry has it and, above, the match.</summary>
    private readonly ulong _rest;

    /// <param name="match">Number of a known match.</param>
    /// <param name="inPlace">Its packets leave by the same header, rewritten.</param>
    public RecentFlow(in FlowKey key, int backend, ushort match, bool inPlace)
    {
        _addresses = key.Addresses;
        _rest = key.Rest | ((ulong)(uint)backend << BackendShift) | ((ulong)match << MatchShift) | (inPlace ? InPlace : 0);
    }

    public ulong Addresses => _addresses;

    public ulong Rest => _rest & FlowKey.RestMask;

    public bool IsFree => _rest == 0;

    public uint Backend => (uint)(_rest >> BackendShift) & FlowMeta.BackendMask;

    public uint Match => (uint)(_rest >> MatchShift) & (MostMatches - 1);

    /// <summary>0 if its packets leave by the same header, rewritten.</summary>
    public ulong NotInPlace => ~_rest >> 63;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Difference(ulong addresses, ulong rest) => (_addresses ^ addresses) | ((_rest & FlowKey.RestMask) ^ rest);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Where first fragments went, for the others of their packets: small, with short memory, in buckets of four. What a new one finds no place
/// beside goes out, the oldest first. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class FragmentTable
{
    private const int Buckets = 1024, EntriesPerBucket = 4;

    /// <summary>What reassembly waits for (RFC 1122 section 3.3.2 asks for 60 to 120; stacks take 30).</summary>
    private const long LifeMilliseconds = 30_000;

    private readonly Fragment[] _memory = GC.AllocateArray<Fragment>(Buckets * EntriesPerBucket, pinned: true);
    private readonly Fragment* _first;
    private FlowHash _hash;

    public FragmentTable() => _first = (Fragment*)Unsafe.AsPointer(ref _memory[0]);

    /// <summary>Entries are found under the hash key that they were put in under.</summary>
    public void UseKeyOf(SnapshotView snapshot) => _hash = new FlowHash(snapshot.Header->HashKey0, snapshot.Header->HashKey1);

    /// <summary>Under a new snapshot: those whose backend is gone or takes nothing any more are forgotten, before its slot names another.</summary>
    public void ForgetDeparted(SnapshotView snapshot)
    {
        foreach (ref Fragment fragment in _memory.AsSpan())
        {
            if (fragment.ExpiresAt == 0 || fragment.Service < 0) continue;
            bool isKept = fragment.Place < snapshot.Header->BackendSlots && fragment.Service < snapshot.Header->ServiceSlots
                && (snapshot.Backends[fragment.Place].Flags & BackendFlags.TakesEstablished) != 0
                && snapshot.Services[fragment.Service].State == SlotState.InUse;
            if (!isKept) fragment = default;
        }
    }

    /// <param name="service">-1: the first went to the host.</param>
    /// <param name="place">The backend that it went to; to a worker that hands over, the worker.</param>
    public bool TryFind(in FragmentKey key, long now, out int service, out int place)
    {
        Fragment* bucket = BucketOf(key);
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (bucket[i].ExpiresAt <= now || bucket[i].Key != key) continue;
            (service, place) = (bucket[i].Service, bucket[i].Place);
            return true;
        }

        service = place = -1;
        return false;
    }

    public void Remember(in FragmentKey key, int service, int place, long now)
    {
        Fragment* bucket = BucketOf(key), into = bucket;
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (bucket[i].Key == key)
            {
                into = bucket + i;
                break;
            }

            if (bucket[i].ExpiresAt < into->ExpiresAt) into = bucket + i;
        }

        *into = new() { Key = key, Service = service, Place = place, ExpiresAt = now + LifeMilliseconds };
    }

    private Fragment* BucketOf(in FragmentKey key) =>
        _first + ((long)(_hash.OfIpv6(key.Source, key.Destination, key.Rest) & (Buckets - 1)) * EntriesPerBucket);

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Fragment
    {
        public FragmentKey Key;
        public int Service, Place;

        /// <summary>Monotonic milliseconds; 0: free.</summary>
        public long ExpiresAt;
    }
}

/// <summary>What the fragments of one packet have in common (RFC 791 section 3.2, RFC 8200 section 4.5).</summary>
/// <param name="Rest">Identification and protocol.</param>
internal readonly record struct FragmentKey(IpKey Source, IpKey Destination, ulong Rest)
{
    /// <summary>Of IPv6 the addresses and the identification alone.</summary>
    public static unsafe FragmentKey Of(byte* header, in IpPacket packet)
    {
        ulong protocol = Ipv6Header.IsAt(header) ? 0UL : packet.Protocol;
        return new(IpAddresses.SourceOf(header), IpAddresses.DestinationOf(header), packet.FragmentId | (protocol << 32));
    }
}

using RustyRail.Contract;

namespace RustyRail.Actors.Catalogue.Replication;

/// <summary>Numbers are part of the stored format.</summary>
internal enum EntryKind : byte
{
    Pool = 1,
    Backend = 2,
    Service = 3,
}

/// <summary>What an entry is about. <paramref name="Name"/> is empty for a pool, <paramref name="Pool"/> is empty for a service.</summary>
internal readonly record struct EntryId(EntryKind Kind, string Pool, string Name) : IComparable<EntryId>
{
    public static EntryId Of(PoolId pool) => new(EntryKind.Pool, pool.Name, "");

    public static EntryId Of(BackendId backend) => new(EntryKind.Backend, backend.Pool.Name, backend.Name);

    public static EntryId Of(ServiceId service) => new(EntryKind.Service, "", service.Name);

    public int CompareTo(EntryId other)
    {
        int byKind = Kind.CompareTo(other.Kind);
        if (byKind != 0)
        {
            return byKind;
        }

        int byPool = string.CompareOrdinal(Pool, other.Pool);
        return byPool != 0 ? byPool : string.CompareOrdinal(Name, other.Name);
    }
}

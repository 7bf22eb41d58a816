namespace RustyRail.Contract;

/// <summary>Name of a pool in the catalogue: 1-63 of <c>a-z A-Z 0-9 . _ -</c>, as in services.json.</summary>
public readonly record struct PoolId(string Name) : IComparable<PoolId>
{
    public int CompareTo(PoolId other) => string.CompareOrdinal(Name, other.Name);
    public override string ToString() => Name;
}

/// <summary>A backend is named within its pool; the same server in two pools is two backends.</summary>
public readonly record struct BackendId(PoolId Pool, string Name) : IComparable<BackendId>
{
    public int CompareTo(BackendId other) => (Pool.CompareTo(other.Pool), string.CompareOrdinal(Name, other.Name)) switch
    {
        (0, int byName) => byName,
        (int byPool, _) => byPool,
    };

    public override string ToString() => $"{Pool}/{Name}";
}

/// <summary>Name of a virtual service in the catalogue.</summary>
public readonly record struct ServiceId(string Name) : IComparable<ServiceId>
{
    public int CompareTo(ServiceId other) => string.CompareOrdinal(Name, other.Name);
    public override string ToString() => Name;
}

namespace RustyRail.Contract.Region;

/// <summary>
/// Puts exceptions into the region and takes them out. What an earlier writer left stays until it is cleared or replaced.
/// Owner: one thread of the control plane, which holds <see cref="RegionRole.ControlPlane"/>.
/// </summary>
internal sealed unsafe class ExceptionWriter
{
    private readonly RegionHeader* _header;
    private readonly ExceptionTable _table;

    public ExceptionWriter(RegionView region)
    {
        _header = region.Header;
        _table = region.ExceptionTable;
        Capacity = region.Capacities.Exceptions;
        SetCount(Entries().Count);
    }

    /// <summary>The table has twice as many places: at that number next to nothing finds both its buckets full.</summary>
    public int Capacity { get; }

    public int Count { get; private set; }

    /// <summary>
    /// Every exception left names a backend that this generation still knew. From the first call on the publisher keeps the slots of
    /// removed backends until it has been told a generation without them.
    /// </summary>
    public long SweptGeneration
    {
        set => Volatile.Write(ref _header->ExceptionsSweptGeneration, value);
    }

    /// <summary>Makes or changes one. False: the table is full there.</summary>
    public bool TrySet(ulong hash, int backend, FlowClass flowClass, FlowState state, uint expiresAt)
    {
        ulong key = ExceptionEntry.KeyOf(hash);
        ulong word = ExceptionValue.Of(key, backend, flowClass, state, expiresAt).Word;
        ExceptionEntry* entry = Find(key);
        if (entry != null)
        {
            if (entry->Value != word) Volatile.Write(ref entry->Value, word);
            return true;
        }

        entry = Count < Capacity ? FreePlace(key) : null;
        if (entry == null) return false;
        Volatile.Write(ref entry->Value, word);
        Volatile.Write(ref entry->Key, key);
        SetCount(Count + 1);
        return true;
    }

    public void Remove(ulong hash)
    {
        ExceptionEntry* entry = Find(ExceptionEntry.KeyOf(hash));
        if (entry == null) return;
        Volatile.Write(ref entry->Key, 0);
        SetCount(Count - 1);
    }

    /// <summary>What is in it now.</summary>
    public List<(ulong Hash, ExceptionValue Value)> Entries()
    {
        List<(ulong, ExceptionValue)> entries = [];
        for (uint bucket = 0; bucket < _table.Buckets; bucket++)
        {
            for (int i = 0; i < ExceptionTable.EntriesPerBucket; i++)
            {
                ExceptionEntry* entry = _table.Bucket(bucket) + i;
                if (entry->Key != 0) entries.Add((entry->Key, new ExceptionValue(entry->Value)));
            }
        }

        return entries;
    }

    private void SetCount(int count)
    {
        Count = count;
        Volatile.Write(ref _header->ExceptionCount, count);
    }

    private ExceptionEntry* Find(ulong key)
    {
        ExceptionEntry* found = FindIn(_table.First(key), key);
        return found != null ? found : FindIn(_table.Second(key), key);
    }

    /// <summary>In the emptier bucket.</summary>
    private ExceptionEntry* FreePlace(ulong key)
    {
        ExceptionEntry* first = _table.First(key), second = _table.Second(key);
        return FindIn(FreeIn(second) > FreeIn(first) ? second : first, 0);
    }

    private static int FreeIn(ExceptionEntry* bucket)
    {
        int free = 0;
        for (int i = 0; i < ExceptionTable.EntriesPerBucket; i++) free += bucket[i].Key == 0 ? 1 : 0;
        return free;
    }

    private static ExceptionEntry* FindIn(ExceptionEntry* bucket, ulong key)
    {
        for (int i = 0; i < ExceptionTable.EntriesPerBucket; i++)
        {
            if (bucket[i].Key == key) return bucket + i;
        }

        return null;
    }
}

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// The prefixes in the VIP trie. A change adds what is new before it deletes what is old, so that nothing that stays is ever missing.
/// Owner: one thread at a time. Allocates nothing once it has its size, so a worker may call it between batches.
/// </summary>
internal sealed class VipSet
{
    /// <summary>Twice the prefixes: most are in the trie as plain and as GRE destination.</summary>
    public const int Capacity = 8192;

    private static readonly byte[] _present = [1, 0, 0, 0];

    private readonly BpfMap _trie;
    private readonly ulong[] _current = new ulong[Capacity];
    private readonly ulong[] _wanted = new ulong[Capacity];
    private int _currentCount;
    private bool _known;

    public VipSet(BpfMap trie) => _trie = trie;

    public void Set(ReadOnlySpan<VipPrefix> prefixes)
    {
        int count = Collect(prefixes);
        if (!_known) ReadTrie();
        ReadOnlySpan<ulong> current = _current.AsSpan(0, _currentCount), wanted = _wanted.AsSpan(0, count);
        if (current.SequenceEqual(wanted)) return;

        // A failure halfway leaves the trie between two states: the next call reads it first.
        _known = false;
        Span<byte> key = stackalloc byte[VipKey.Bytes];
        foreach (ulong packed in wanted)
        {
            if (current.BinarySearch(packed) >= 0) continue;
            VipKey.Write(packed, key);
            _trie.Update(key, _present);
        }

        foreach (ulong packed in current)
        {
            if (wanted.BinarySearch(packed) >= 0) continue;
            VipKey.Write(packed, key);
            _trie.Delete(key);
        }

        wanted.CopyTo(_current);
        _currentCount = count;
        _known = true;
    }

    /// <summary>Takes over what another trie of the same shape has.</summary>
    public void CopyFrom(BpfMap other)
    {
        VipSet source = new(other);
        source.ReadTrie();
        Span<byte> key = stackalloc byte[VipKey.Bytes];
        for (int i = 0; i < source._currentCount; i++)
        {
            VipKey.Write(source._current[i], key);
            _trie.Update(key, _present);
        }

        _known = false;
    }

    // Sorted and without duplicates, in _wanted.
    private int Collect(ReadOnlySpan<VipPrefix> prefixes)
    {
        int count = 0;
        foreach (VipPrefix prefix in prefixes)
        {
            if (prefix.LengthBits is < 0 or > 32) throw new PortException($"VIP prefix length {prefix.LengthBits} is not in 0-32");
            if (count + 2 > Capacity) throw new PortException($"{prefixes.Length} VIP prefixes, at most {Capacity / 2} fit");
            _wanted[count++] = VipKey.Pack(prefix.Address, prefix.LengthBits, VipKey.InsideGre);
            if (!prefix.GreOnly) _wanted[count++] = VipKey.Pack(prefix.Address, prefix.LengthBits, VipKey.Plain);
        }

        Span<ulong> wanted = _wanted.AsSpan(0, count);
        wanted.Sort();
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0 || wanted[i] != wanted[i - 1]) wanted[kept++] = wanted[i];
        }

        return kept;
    }

    private void ReadTrie()
    {
        _currentCount = 0;
        Span<byte> key = stackalloc byte[VipKey.Bytes], next = stackalloc byte[VipKey.Bytes];
        bool more = _trie.TryNextKey([], next);
        while (more && _currentCount < Capacity)
        {
            next.CopyTo(key);
            _current[_currentCount++] = VipKey.Read(key);
            more = _trie.TryNextKey(key, next);
        }

        _current.AsSpan(0, _currentCount).Sort();
        _known = true;
    }
}

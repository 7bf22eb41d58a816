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
    private readonly VipKey[] _current = new VipKey[Capacity];
    private readonly VipKey[] _wanted = new VipKey[Capacity];
    private int _currentCount;
    private bool _known;

    public VipSet(BpfMap trie) => _trie = trie;

    public void Set(ReadOnlySpan<VipPrefix> prefixes)
    {
        int count = Collect(prefixes);
        if (!_known) ReadTrie();
        ReadOnlySpan<VipKey> current = _current.AsSpan(0, _currentCount), wanted = _wanted.AsSpan(0, count);
        if (current.SequenceEqual(wanted)) return;

        // A failure halfway leaves the trie between two states: the next call reads it first.
        _known = false;
        Span<byte> bytes = stackalloc byte[VipKey.Bytes];
        foreach (VipKey key in wanted)
        {
            if (current.BinarySearch(key) >= 0) continue;
            key.Write(bytes);
            _trie.Update(bytes, _present);
        }

        foreach (VipKey key in current)
        {
            if (wanted.BinarySearch(key) >= 0) continue;
            key.Write(bytes);
            _trie.Delete(bytes);
        }

        wanted.CopyTo(_current);
        _currentCount = count;
        _known = true;
    }

    /// <summary>Takes over what another trie has, of the same shape or of the older one.</summary>
    public void CopyFrom(BpfMap other)
    {
        VipSet source = new(other);
        source.ReadTrie();
        Span<byte> bytes = stackalloc byte[VipKey.Bytes];
        foreach (VipKey key in source._current.AsSpan(0, source._currentCount))
        {
            key.Write(bytes);
            _trie.Update(bytes, _present);
        }

        _known = false;
    }

    // Sorted and without duplicates, in _wanted.
    private int Collect(ReadOnlySpan<VipPrefix> prefixes)
    {
        int count = 0;
        foreach (VipPrefix prefix in prefixes)
        {
            if (prefix.PrefixBits is < 0 or > VipPrefix.MaxBits) throw new PortException($"VIP prefix length {prefix.PrefixBits} is not in 0-{VipPrefix.MaxBits}");
            if (count + 2 > Capacity) throw new PortException($"{prefixes.Length} VIP prefixes, at most {Capacity / 2} fit");
            _wanted[count++] = VipKey.Of(prefix, insideGre: true);
            if (!prefix.GreOnly) _wanted[count++] = VipKey.Of(prefix, insideGre: false);
        }

        Span<VipKey> wanted = _wanted.AsSpan(0, count);
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
        int keyBytes = (int)_trie.Shape.KeyBytes;
        Span<byte> key = stackalloc byte[keyBytes], next = stackalloc byte[keyBytes];
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

namespace RustyRail.ControlPlane.Simulation;

/// <summary>Which balancer gets which part of the router's hash, through changes of the set of balancers.</summary>
internal sealed class EcmpRouter
{
    private readonly EcmpKind _kind;
    private readonly Random _random;
    private readonly List<int> _balancers;
    private readonly int[] _buckets;

    public EcmpRouter(EcmpKind kind, int balancers, int buckets, Random random)
    {
        _kind = kind;
        _random = random;
        _balancers = [.. Enumerable.Range(0, balancers)];
        _buckets = kind == EcmpKind.Resilient ? [.. Enumerable.Range(0, buckets).Select(bucket => bucket % balancers)] : [];
    }

    public IReadOnlyList<int> Balancers => _balancers;

    /// <summary>What the router looks up by hash from now on; never changed afterwards.</summary>
    public EcmpMap Map() => new(_kind == EcmpKind.Resilient ? [.. _buckets] : [.. _balancers], _kind == EcmpKind.Threshold);

    public void Add(int balancer)
    {
        _balancers.Add(balancer);
        if (_kind != EcmpKind.Resilient) return;
        Dictionary<int, int> shares = Shares();
        int fair = _buckets.Length / _balancers.Count;
        int left = fair;
        foreach (int bucket in ShuffledBuckets())
        {
            if (left == 0) return;
            if (shares[_buckets[bucket]] <= fair) continue;
            shares[_buckets[bucket]]--;
            _buckets[bucket] = balancer;
            left--;
        }
    }

    public void Remove(int balancer)
    {
        _balancers.Remove(balancer);
        if (_kind != EcmpKind.Resilient) return;
        Dictionary<int, int> shares = Shares();
        shares.Remove(balancer);
        PriorityQueue<int, (int Share, int Tie)> heirs = new(_balancers.Select(heir => (heir, (shares[heir], _random.Next()))));
        for (int bucket = 0; bucket < _buckets.Length; bucket++)
        {
            if (_buckets[bucket] != balancer) continue;
            int heir = heirs.Dequeue();
            _buckets[bucket] = heir;
            heirs.Enqueue(heir, (++shares[heir], _random.Next()));
        }
    }

    private Dictionary<int, int> Shares()
    {
        Dictionary<int, int> shares = _balancers.ToDictionary(balancer => balancer, _ => 0);
        foreach (int owner in _buckets) shares[owner] = shares.GetValueOrDefault(owner) + 1;
        return shares;
    }

    private int[] ShuffledBuckets()
    {
        int[] order = [.. Enumerable.Range(0, _buckets.Length)];
        _random.Shuffle(order);
        return order;
    }
}

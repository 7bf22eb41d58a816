using System.Collections.Immutable;
using RustyRail.Contract.Maglev;
using RustyRail.ControlPlane.Simulation.Events;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>Balancers and backends by number, through the steps of an event. Victims are drawn by the seed.</summary>
internal sealed class Fleet
{
    private readonly int _tableSize;
    private readonly Random _random;
    private readonly EcmpRouter _router;
    private readonly List<bool> _tells;
    private readonly List<Permutation> _permutations = [];
    private readonly List<bool> _gone = [];
    private readonly List<ushort> _active = [];
    private readonly List<int> _leaving = [];

    private Fleet(SimulationOptions options, EcmpKind ecmp)
    {
        _tableSize = options.ChosenTableSize;
        _random = new Random(options.Seed);
        _router = NewRouter(options, ecmp);
        _tells = [.. Enumerable.Repeat(true, options.Balancers)];
        for (int i = 0; i < options.Backends; i++) AddBackend();
    }

    /// <summary>The stage before the event, then one after each step.</summary>
    public static ImmutableArray<Stage> Stages(SimulationOptions options, EcmpKind ecmp, EventScript script)
    {
        Fleet fleet = new(options, ecmp);
        var stages = ImmutableArray.CreateBuilder<Stage>(script.Steps.Length + 1);
        stages.Add(fleet.Next(null, []));
        foreach (ImmutableArray<Change> step in script.Steps) stages.Add(fleet.Next(stages[^1], step));
        return stages.MoveToImmutable();
    }

    public static EcmpMap Router(SimulationOptions options, EcmpKind ecmp) => NewRouter(options, ecmp).Map();

    // Draws of its own: the victims are the same under every kind of router.
    private static EcmpRouter NewRouter(SimulationOptions options, EcmpKind ecmp) => new(ecmp, options.Balancers, options.Buckets, new Random(~options.Seed));

    private Stage Next(Stage? before, ImmutableArray<Change> step)
    {
        foreach (int left in _leaving) _tells[left] = false;
        _leaving.Clear();
        foreach (Change change in step)
        {
            for (int i = 0; i < change.Count; i++) Apply(change.Kind);
        }

        bool routerChanged = step.Any(change => !change.OfBackends), tableChanged = step.Any(change => change.OfBackends);
        return new Stage(
            before is null || routerChanged ? _router.Map() : before.Router,
            routerChanged,
            before is null || tableChanged ? Table() : before.Table,
            [.. _tells],
            [.. _gone]);
    }

    private void Apply(ChangeKind kind)
    {
        switch (kind)
        {
            case ChangeKind.AddBackend:
                AddBackend();
                break;
            case ChangeKind.DrainBackend:
                TakeBackend();
                break;
            case ChangeKind.RemoveBackend:
                _gone[TakeBackend()] = true;
                break;
            case ChangeKind.AddBalancer:
                _router.Add(_tells.Count);
                _tells.Add(true);
                break;
            case ChangeKind.RemoveBalancer:
                _leaving.Add(TakeBalancer());
                break;
            case ChangeKind.KillBalancer:
                _tells[TakeBalancer()] = false;
                break;
        }
    }

    // Numbered names of one width: their order is that of the numbers, as the builder wants it.
    private void AddBackend()
    {
        int backend = _permutations.Count;
        _permutations.Add(Permutation.Of($"backend{backend:D5}", _tableSize));
        _gone.Add(false);
        _active.Add((ushort)backend);
    }

    private int TakeBackend()
    {
        int at = _random.Next(_active.Count), backend = _active[at];
        _active.RemoveAt(at);
        return backend;
    }

    private int TakeBalancer()
    {
        int balancer = _router.Balancers[_random.Next(_router.Balancers.Count)];
        _router.Remove(balancer);
        return balancer;
    }

    private ushort[] Table()
    {
        Permutation[] permutations = [.. _active.Select(backend => _permutations[backend])];
        int[] weights = [.. Enumerable.Repeat(1, permutations.Length)];
        ushort[] table = MaglevBuilder.Build(permutations, weights, _tableSize);
        for (int entry = 0; entry < table.Length; entry++) table[entry] = _active[table[entry]];
        return table;
    }
}

using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Forwarding.Steering;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>All workers of the process, however packets come to them: each with a port of its own, or one that steers and others that decide for it.</summary>
internal sealed class Crew : IDisposable
{
    /// <summary>What is with the deciding workers is back in microseconds, unless one hangs.</summary>
    private const int ComeHomeMilliseconds = 1000;

    private readonly WorkerThread[] _threads;
    private readonly WorkerChoice? _choice;
    private readonly IDisposable? _rings;

    private Crew(Forwarder[] forwarders, WorkerThread[] threads, WorkerChoice? choice = null, IDisposable? rings = null)
    {
        Forwarders = forwarders;
        _threads = threads;
        _choice = choice;
        _rings = rings;
    }

    /// <summary>One for each worker.</summary>
    public Forwarder[] Forwarders { get; }

    /// <summary>A device's address may change; from any thread.</summary>
    public ulong DeviceMac
    {
        set
        {
            foreach (Forwarder forwarder in Forwarders) forwarder.DeviceMac = value;
            if (_choice is not null) _choice.DeviceMac = value;
        }
    }

    public static Crew OnPorts<TPort>(RegionView region, TPort[] ports, ulong deviceMac)
        where TPort : struct, IPort
    {
        Forwarder[] forwarders = [.. ports.Select((_, number) => new Forwarder(region, number, deviceMac))];
        return new Crew(forwarders, [.. ports.Select((port, number) => ThreadOf(number, new Worker<TPort>(port, forwarders[number])))]);
    }

    /// <param name="wake">Among what the port polls.</param>
    public static Crew Steered<TPort>(RegionView region, int workers, TPort port, ulong deviceMac, WakeEvent wake)
        where TPort : struct, IPort
    {
        SteeredWorkers<TPort> steered = new(region, workers, port, deviceMac, wake);
        WorkerThread first = new(0, () => RunSteerer(steered), steered.Steerer.Stop);
        return new Crew(steered.Forwarders, [first, .. steered.Deciders.Select((worker, i) => ThreadOf(i + 1, worker))], steered.Handover.Choice, steered);
    }

    /// <param name="onEnd">When any of them has ended; on its thread.</param>
    public void Start(Action onEnd)
    {
        int[] processors = Processors.For(_threads.Length);
        for (int i = 0; i < _threads.Length; i++) _threads[i].Start(processors.Length > 0 ? processors[i] : null, onEnd);
    }

    /// <summary>Those that decide for another end when that one has called back what they have.</summary>
    public void Stop()
    {
        if (_rings is not null) _threads[0].Stop();
        else Array.ForEach(_threads, thread => thread.Stop());
    }

    public void Join() => Array.ForEach(_threads, thread => thread.Join());

    public void Dispose() => _rings?.Dispose();

    private static WorkerThread ThreadOf<TPort>(int number, Worker<TPort> worker)
        where TPort : struct, IPort => new(number, worker.Run, worker.Stop);

    private static void RunSteerer<TPort>(SteeredWorkers<TPort> steered)
        where TPort : struct, IPort
    {
        steered.Steerer.Run();
        int away = steered.Steerer.Port.ComeHome(ComeHomeMilliseconds);
        if (away > 0) PortRequest.Warn($"{away} packets are with workers that do not answer");
    }
}

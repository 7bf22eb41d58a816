using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;

namespace RustyRail.Contract.Snapshots;

/// <summary>
/// The only writer of snapshots. Writes a whole slot that no reader can be using and then publishes it with one store; never waits.
/// Owner: one thread of the control plane, which holds <see cref="RegionRole.ControlPlane"/>.
/// </summary>
internal sealed unsafe class SnapshotPublisher
{
    private readonly RegionFile _region;
    private readonly RegionView _view;
    private readonly SlotAssignment<ServiceId> _services;
    private readonly SlotAssignment<BackendId> _backends;

    /// <summary>Continues where the region's last publisher stopped: same slots, counting on.</summary>
    public SnapshotPublisher(RegionFile region)
    {
        _region = region;
        _view = new RegionView(region);
        _services = new(region.Capacities.Services);
        _backends = new(region.Capacities.Backends);
        if (Generation > 0) RestoreSlots(_view.Snapshot(Generation));
    }

    public long Generation => Volatile.Read(ref _view.Header->Generation);

    /// <summary>False: a reader still uses the slot that is next; nothing was written, try again a little later.</summary>
    /// <exception cref="RegionException">The content exceeds a capacity; nothing was published.</exception>
    public bool TryPublish(SnapshotContent content)
    {
        long next = Generation + 1;
        if (!IsFree(next)) return false;
        AssignSlots(content, next);
        SnapshotView into = _view.Snapshot(next);
        Volatile.Write(ref into.Header->Generation, 0);
        WriteHeader(into, content);
        WritePools(into, content);
        WriteServices(into, content);
        WriteBackends(into, content);
        Volatile.Write(ref into.Header->Generation, next);
        Volatile.Write(ref _view.Header->Generation, next);
        // Pins are looked at only after the new generation is out (see SnapshotReader).
        Interlocked.MemoryBarrier();
        PublicationSignal.Send(_view.Header);
        return true;
    }

    /// <summary>A slot is free unless a living reader has pinned what is in it.</summary>
    private bool IsFree(long next)
    {
        long overwritten = next - RegionLayout.SnapshotSlots;
        foreach (long pinned in Pinned())
        {
            if (pinned <= overwritten) return false;
        }

        return true;
    }

    private List<long> Pinned()
    {
        List<long> pinned = [];
        if (!_region.IsHeld(RegionRole.Dataplane)) return pinned;
        for (int i = 0; i < _view.Readers; i++)
        {
            long generation = Volatile.Read(ref _view.Reader(i)->Pinned);
            if (generation != ReaderLine.Quiescent) pinned.Add(generation);
        }

        return pinned;
    }

    private void AssignSlots(SnapshotContent content, long next)
    {
        long swept = long.MaxValue;
        for (int worker = 0; worker < _view.Capacities.Workers; worker++) swept = Math.Min(swept, Volatile.Read(ref _view.Reader(worker)->SweptGeneration));
        long exceptionsSwept = Volatile.Read(ref _view.Header->ExceptionsSweptGeneration);
        if (exceptionsSwept != 0) swept = Math.Min(swept, exceptionsSwept);
        BackendId[] backends = [.. content.Pools.SelectMany(pool => pool.Backends).Select(backend => backend.Id)];
        if (!_backends.TryAssign(backends, next, swept)) throw TooMany("backends", _view.Capacities.Backends);
        ServiceId[] services = [.. content.Services.Select(service => service.Id)];
        if (!_services.TryAssign(services, next, swept)) throw TooMany("services", _view.Capacities.Services);
        if (content.Routers.Length > _view.Capacities.Routers) throw TooMany("routers", _view.Capacities.Routers);
    }

    private RegionException TooMany(string what, int capacity) =>
        new($"{_region.Path}: more {what} than the capacity of {capacity} (those just removed count until the flow tables have been swept)");

    private void WriteHeader(SnapshotView into, SnapshotContent content)
    {
        SnapshotHeader* header = into.Header;
        header->HashKey0 = content.HashKey.Key0;
        header->HashKey1 = content.HashKey.Key1;
        header->HashAlgorithm = content.HashKey.Algorithm;
        header->ServiceSlots = _services.HighWater;
        header->BackendSlots = _backends.HighWater;
        header->Routers = content.Routers.Length;
        SetDigest(header->SpecDigest, content.SpecDigest);
        SetDigest(header->TableDigest, content.TableDigest);
        for (int i = 0; i < content.Routers.Length; i++)
        {
            into.Routers[i] = new() { Address = IpKey.From(content.Routers[i].BaseAddress), PrefixBits = IpKey.MappedBits(content.Routers[i]) };
        }
    }

    private static void SetDigest(byte* into, string digest)
    {
        for (int i = 0; i < SnapshotHeader.DigestBytes; i++) into[i] = i < digest.Length ? (byte)digest[i] : (byte)0;
    }

    private void WritePools(SnapshotView into, SnapshotContent content)
    {
        PoolId[] departed = [.. _backends.Retired.Select(retired => retired.Id.Pool).Except(content.Pools.Select(pool => pool.Id)).Order()];
        if (content.Pools.Length + departed.Length > _view.Capacities.Pools) throw TooMany("pools", _view.Capacities.Pools);
        PoolTables tables = new(_region, Pinned(), id => _backends[id]);
        int index = 0;
        foreach (PoolContent pool in content.Pools)
        {
            into.Pools[index] = tables.Write(pool);
            SnapshotView.SetText(into.PoolNames + index++, pool.Id.Name);
        }

        // Kept by name only, so that the next publisher can tell whose the retired slots were.
        foreach (PoolId pool in departed)
        {
            into.Pools[index] = default;
            SnapshotView.SetText(into.PoolNames + index++, pool.Name);
        }

        into.Header->PoolSlots = index;
    }

    private void WriteServices(SnapshotView into, SnapshotContent content)
    {
        new Span<ServiceRecord>(into.Services, _services.HighWater).Clear();
        Dictionary<PoolId, int> pools = PoolIndices(into);
        foreach (ServiceSpec service in content.Services)
        {
            int slot = _services[service.Id];
            into.Services[slot] = ServiceRecords.From(service, (ushort)pools[service.Pool]);
            SnapshotView.SetText(into.ServiceNames + slot, service.Id.Name);
        }

        foreach ((ServiceId id, int slot, _) in _services.Retired)
        {
            into.Services[slot].State = SlotState.Retired;
            SnapshotView.SetText(into.ServiceNames + slot, id.Name);
        }

        MatchTables.Write(into, [.. content.Services.Select(service => (service, _services[service.Id]))]);
    }

    private void WriteBackends(SnapshotView into, SnapshotContent content)
    {
        new Span<BackendRecord>(into.Backends, _backends.HighWater).Clear();
        Dictionary<PoolId, int> pools = PoolIndices(into);
        foreach (BackendContent backend in content.Pools.SelectMany(pool => pool.Backends))
        {
            int slot = _backends[backend.Id];
            into.Backends[slot] = BackendRecords.From(backend, (ushort)pools[backend.Id.Pool]);
            SnapshotView.SetText(into.BackendNames + slot, backend.Id.Name);
        }

        foreach ((BackendId id, int slot, long retiredAt) in _backends.Retired)
        {
            into.Backends[slot] = new() { Pool = (ushort)pools[id.Pool], State = SlotState.Retired, RetiredAt = retiredAt };
            SnapshotView.SetText(into.BackendNames + slot, id.Name);
        }
    }

    private static Dictionary<PoolId, int> PoolIndices(SnapshotView view)
    {
        Dictionary<PoolId, int> indices = [];
        for (int i = 0; i < view.Header->PoolSlots; i++) indices[new PoolId(SnapshotView.Text(view.PoolNames + i))] = i;
        return indices;
    }

    private void RestoreSlots(SnapshotView last)
    {
        for (int slot = 0; slot < last.Header->BackendSlots; slot++)
        {
            BackendRecord backend = last.Backends[slot];
            if (backend.State != SlotState.Free) _backends.Restore(last.BackendIdOf(slot), slot, backend.State == SlotState.Retired ? backend.RetiredAt : 0);
        }

        for (int slot = 0; slot < last.Header->ServiceSlots; slot++)
        {
            SlotState state = last.Services[slot].State;
            // A service's own retirement is not recorded; the current generation is the safe answer.
            if (state != SlotState.Free) _services.Restore(new ServiceId(SnapshotView.Text(last.ServiceNames + slot)), slot, state == SlotState.Retired ? Generation : 0);
        }
    }
}

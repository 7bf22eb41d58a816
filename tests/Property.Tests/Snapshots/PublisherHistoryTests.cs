using CsCheck;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Tests.Support.Regions;

namespace Property.Tests.Snapshots;

/// <summary>Any history of changes, sweeps and restarts of the control plane: a slot means one backend for as long as a flow may name it.</summary>
public sealed unsafe class PublisherHistoryTests
{
    private static readonly string[] Names = [.. Enumerable.Range(1, 12).Select(i => $"server{i}")];

    private enum Step { Add, Remove, Drain, Sweep, Restart, MovePool }

    [Fact]
    public void A_slot_changes_hands_only_after_a_sweep()
    {
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, Names.Length - 1]).Array[1, 60].Sample(
            steps =>
            {
                using TestRegion region = new(TestRegion.Small with { Backends = 6, TableArenaBytes = 1 << 16, FlowsPerWorker = 4, Services = 4 });
                new History(region).Run(steps);
            },
            iter: 150,
            threads: 1);
    }

    private sealed class History(TestRegion region)
    {
        private readonly TestCatalogue _catalogue = new TestCatalogue().Service("web", "10.1.0.1");
        private readonly HashSet<(string Pool, string Name)> _present = [];
        private readonly Dictionary<int, string> _owners = [];

        public void Run((Step Step, int Index)[] steps)
        {
            SnapshotPublisher publisher = new(region.Control);
            foreach ((Step step, int index) in steps)
            {
                if (step == Step.Restart) publisher = new SnapshotPublisher(region.Control);
                else if (step == Step.Sweep) Sweep(publisher.Generation);
                else Apply(step, index);
                try
                {
                    Assert.True(publisher.TryPublish(_catalogue.ToContent()));
                }
                catch (RegionException e)
                {
                    // Removed ones count until they are swept: with 6 slots for up to 24 names that is often.
                    Assert.Contains("more backends than the capacity of 6", e.Message, StringComparison.Ordinal);
                    continue;
                }

                Check(region.View.Snapshot(publisher.Generation));
            }
        }

        private void Apply(Step step, int index)
        {
            (string Pool, string Name) backend = (step == Step.MovePool ? "other" : TestCatalogue.DefaultPool, Names[index]);
            bool isPresent = _present.Contains(backend);
            if (step is Step.Remove or Step.MovePool && isPresent)
            {
                _catalogue.Remove(backend.Name, backend.Pool);
                _present.Remove(backend);
                if (backend.Pool == "other" && !_present.Any(other => other.Pool == "other")) _catalogue.RemovePool("other");
            }
            else if (step == Step.Drain && isPresent)
            {
                _catalogue.Change(backend.Name, server => server with { TakesNew = !server.TakesNew });
            }
            else if (step is Step.Add or Step.MovePool && !isPresent)
            {
                _catalogue.Backend(backend.Name, $"192.168.137.{index + 1}", backend.Pool);
                _present.Add(backend);
            }
        }

        private void Sweep(long generation)
        {
            region.View.Reader(0)->SweptGeneration = generation;
            if (generation == 0) return;
            SnapshotView swept = region.View.Snapshot(generation);
            for (int slot = 0; slot < swept.Header->BackendSlots; slot++)
            {
                if (swept.Backends[slot].State == SlotState.Retired) _owners.Remove(slot);
            }
        }

        private void Check(SnapshotView snapshot)
        {
            int living = 0;
            for (int slot = 0; slot < snapshot.Header->BackendSlots; slot++)
            {
                if (snapshot.Backends[slot].State == SlotState.Free) continue;
                string name = snapshot.BackendIdOf(slot).ToString();
                if (!_owners.TryAdd(slot, name)) Assert.Equal(_owners[slot], name);
                if (snapshot.Backends[slot].State == SlotState.InUse) living++;
            }

            Assert.Equal(_present.Count, living);
            foreach ((string pool, string name) in _present) Assert.Single(_owners.Values, owner => owner == $"{pool}/{name}");
            for (int pool = 0; pool < snapshot.Header->PoolSlots; pool++)
            {
                foreach (ushort slot in region.View.Table(snapshot.Pools[pool]))
                {
                    Assert.Equal(pool, snapshot.Backends[slot].Pool);
                    Assert.True((snapshot.Backends[slot].Flags & BackendFlags.TakesNew) != 0);
                }
            }
        }
    }
}

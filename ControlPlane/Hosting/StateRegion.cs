using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>
/// Opens the region of the state directory, with all that an earlier life left in it, or makes one; claims the control plane's role. One of another
/// version is refused while that version forwards by it, and replaced once nobody does: an upgrade needs no hand.
/// </summary>
internal static class StateRegion
{
    /// <exception cref="OperatorException">Another layout, another control plane, no room.</exception>
    public static RegionFile Open(StartPlan plan, Cleanup cleanup)
    {
        StateDirectory state = plan.State;
        bool exists = File.Exists(state.Region) && RegionSigns.Read(state.Region) is not { IsAbandoned: true };
        RegionFile region;
        try
        {
            region = exists ? RegionFile.Open(state.Region) : RegionFile.Create(state.Region, RegionCapacities.Default);
        }
        catch (RegionException e)
        {
            throw new OperatorException(e.Message);
        }

        cleanup.Then(region.Dispose);
        Claim(region, state);

        cleanup.Then(() =>
        {
            // After a stop its memory is the machine's again; a failed start takes away what it made. Whatever still serves keeps its region.
            bool remove = cleanup.Started ? !plan.Attach : !exists;
            if (remove && !region.IsHeld(RegionRole.Dataplane)) File.Delete(state.Region);
        });
        return region;
    }

    /// <summary>The key that a dataplane has been choosing by, if there is one: flows keep their places under no other.</summary>
    public static unsafe Contract.Hashing.FlowHashKey? PublishedKey(RegionFile region)
    {
        RegionView view = new(region);
        if (view.Header->Generation == 0) return null;
        Contract.Snapshots.SnapshotHeader* snapshot = view.Snapshot(view.Header->Generation).Header;
        return new Contract.Hashing.FlowHashKey(snapshot->HashKey0, snapshot->HashKey1, snapshot->HashAlgorithm);
    }

    private static unsafe void Claim(RegionFile region, StateDirectory state)
    {
        if (!region.TryLock(RegionRole.ControlPlane))
        {
            throw new OperatorException($"{state.Origin}: state directory {state.Path} is in use by another rustyrail (pid {region.Header->ControlPid}); give each instance its own");
        }

        region.Header->ControlPid = Environment.ProcessId;
    }
}

using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>Opens the region of the state directory, with all that an earlier life left in it, or makes one; claims the control plane's role.</summary>
internal static class StateRegion
{
    /// <exception cref="OperatorException">Another layout, another control plane, no room.</exception>
    public static RegionFile Open(StateDirectory state, Cleanup cleanup)
    {
        bool exists = File.Exists(state.Region);
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
        if (!exists) cleanup.AfterFailure(() => File.Delete(state.Region));
        Claim(region, state);
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

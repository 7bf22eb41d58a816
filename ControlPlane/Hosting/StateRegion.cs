using System.Globalization;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>
/// Opens the region of the state directory, with all that an earlier life left in it, or makes one; claims the control plane's role. One of another
/// version or for another number of workers is refused while somebody forwards by it, and replaced once nobody does: such a change needs no hand.
/// </summary>
internal static class StateRegion
{
    /// <exception cref="OperatorException">Another layout, another control plane, no room.</exception>
    public static RegionFile Open(StartPlan plan, ILogger log, Cleanup cleanup)
    {
        StateDirectory state = plan.State;
        string? unfit = WhyReplaced(plan);
        bool exists = File.Exists(state.Region) && unfit is null;
        RegionFile region;
        try
        {
            region = exists ? RegionFile.Open(state.Region) : RegionFile.Create(state.Region, RegionCapacities.Default with { Workers = plan.Node.Workers });
            if (unfit is not null) StartLog.RegionReplaced(log, unfit);
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

    /// <summary>Why a start would make the region anew, in one line; null when it goes on with the one that is there, or there is none.</summary>
    /// <exception cref="OperatorException">It does not fit, and a dataplane forwards by it.</exception>
    public static string? WhyReplaced(StartPlan plan)
    {
        string path = plan.State.Region;
        if (RegionSigns.Read(path) is not { } signs) return null;
        if (!signs.IsOfThisVersion)
            return signs.IsAbandoned ? string.Create(CultureInfo.InvariantCulture, $"{path} is made anew: its layout was {signs.LayoutVersion}, this program's is {RegionLayout.Version}") : null;
        if (signs.Workers == plan.Node.Workers || signs.HasControlPlane) return null;
        string difference = string.Create(CultureInfo.InvariantCulture, $"for {Workers(signs.Workers)}, and this start asks for {plan.Node.Workers}");
        if (signs.HasDataplane) throw new OperatorException(string.Create(CultureInfo.InvariantCulture, $"{path}: rustyrail-dataplane (pid {signs.DataplanePid}) forwards by it, {difference}: stop that one first"));
        return $"{path} is made anew: it was {difference}";
    }

    /// <summary>The key that a dataplane has been choosing by, if there is one: flows keep their places under no other.</summary>
    public static unsafe Contract.Hashing.FlowHashKey? PublishedKey(RegionFile region)
    {
        RegionView view = new(region);
        if (view.Header->Generation == 0) return null;
        Contract.Snapshots.SnapshotHeader* snapshot = view.Snapshot(view.Header->Generation).Header;
        return new Contract.Hashing.FlowHashKey(snapshot->HashKey0, snapshot->HashKey1, snapshot->HashAlgorithm);
    }

    private static string Workers(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} worker{(count == 1 ? "" : "s")}");

    private static unsafe void Claim(RegionFile region, StateDirectory state)
    {
        if (!region.TryLock(RegionRole.ControlPlane))
        {
            throw new OperatorException($"{state.Origin}: state directory {state.Path} is in use by another rustyrail (pid {region.Header->ControlPid}); give each instance its own");
        }

        region.Header->ControlPid = Environment.ProcessId;
    }
}

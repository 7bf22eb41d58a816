using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>What earlier lives left on this machine, looked at as a start would, without starting.</summary>
internal static class StoredState
{
    /// <exception cref="OperatorException">A start would refuse it. A running instance has proven its own, and is not disturbed.</exception>
    public static void Check(StartPlan plan)
    {
        using InstanceLock? free = InstanceLock.TryTake(plan.Node.Device);
        if (free is null) return;
        try
        {
            bool hasCatalogue = plan.Targets is null && File.Exists(plan.Data.Catalogue);
            if (hasCatalogue) CatalogueStore.Open(plan.Data.Catalogue).Dispose();
            if (plan.Targets is null) ClusterKey.Check(plan.Data);
            if (File.Exists(plan.State.Region)) RegionFile.Open(plan.State.Region).Dispose();
        }
        catch (Exception e) when (e is CatalogueStoreException or RegionException)
        {
            throw new OperatorException(e.Message);
        }
    }
}

using System.Collections.Immutable;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>What earlier lives left on this machine, looked at as a start would, without starting.</summary>
internal static class StoredState
{
    /// <exception cref="OperatorException">A start would refuse it. A running instance has proven its own, and is not disturbed.</exception>
    /// <returns>What a start would warn of.</returns>
    public static async Task<ImmutableArray<string>> CheckAsync(StartPlan plan, CancellationToken cancel)
    {
        using InstanceLock? free = InstanceLock.TryTake(plan.Node.Device);
        if (free is null) return [];
        try
        {
            if (plan.Targets is null) ClusterKey.Read(plan.Data);
            string? replaced = StateRegion.WhyReplaced(plan);
            if (replaced is null && File.Exists(plan.State.Region)) RegionFile.Open(plan.State.Region).Dispose();
            bool hasCatalogue = plan.Targets is null && File.Exists(plan.Data.Catalogue);
            if (hasCatalogue) CatalogueStore.Open(plan.Data.Catalogue).Dispose();
            return replaced is null ? [] : [replaced];
        }
        catch (CatalogueStoreException e) when (e.IsUnreadable && !plan.Node.Cluster.Seeds.IsEmpty)
        {
            if (await LivePeers.AnyAsync(plan.Node.Cluster.Seeds, cancel)) return [$"{e.Message}; a start keeps it aside and takes the catalogue from the other nodes"];
            throw new OperatorException(e.Message);
        }
        catch (Exception e) when (e is CatalogueStoreException or RegionException)
        {
            throw new OperatorException(e.Message);
        }
    }
}

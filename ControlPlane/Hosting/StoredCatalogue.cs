using System.Globalization;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>
/// The catalogue's file as a start finds it. One that cannot be read ends the start, unless other nodes live: then it is kept aside under another name
/// and theirs is taken. Until that has arrived the file is lost rather than empty, also at the next start.
/// </summary>
internal sealed record StoredCatalogue(CatalogueStore? Store, CatchUp CatchUp)
{
    private const string AsideSuffix = ".bad-";

    /// <summary>Targets of two variables are never stored.</summary>
    public static StoredCatalogue None { get; } = new(null, CatchUp.None);

    /// <exception cref="OperatorException">It cannot be used, and nobody else has it.</exception>
    public static async Task<StoredCatalogue> OpenAsync(StartPlan plan, ILogger log, Cleanup cleanup, CancellationToken cancel)
    {
        Directories.Make(plan.Data.Path, "data directory", cleanup.AfterFailure);
        if (TryOpen(plan.Data.Catalogue, cleanup, out CatalogueStoreException? cause) is { } store) return new StoredCatalogue(store, await CatchUpAsync(plan, store, cancel));
        if (!cause!.IsUnreadable || !await LivePeers.AnyAsync(plan.Node.Cluster.Seeds, cancel)) throw new OperatorException(cause.Message);

        string aside = SetAside(plan.Data.Catalogue, cleanup);
        StartLog.CatalogueSetAside(log, cause.Message, aside);
        return TryOpen(plan.Data.Catalogue, cleanup, out cause) is { } fresh
            ? new StoredCatalogue(fresh, CatchUp.FromOthersOnly)
            : throw new OperatorException(cause!.Message);
    }

    private static async Task<CatchUp> CatchUpAsync(StartPlan plan, CatalogueStore store, CancellationToken cancel)
    {
        if (plan.Node.Cluster.Seeds.IsEmpty) return CatchUp.None;
        if (!store.IsEmpty || Aside(plan.Data) is not { } aside) return CatchUp.FromOthers;
        return await LivePeers.AnyAsync(plan.Node.Cluster.Seeds, cancel)
            ? CatchUp.FromOthersOnly
            : throw new OperatorException($"catalogue {plan.Data.Catalogue}: is empty since {aside} was put aside, and no other node can be reached to take it from");
    }

    private static CatalogueStore? TryOpen(string path, Cleanup cleanup, out CatalogueStoreException? cause)
    {
        bool exists = File.Exists(path);
        cause = null;
        try
        {
            CatalogueStore store = CatalogueStore.Open(path);
            if (!exists) cleanup.AfterFailure(() => File.Delete(path));
            cleanup.Then(store.Dispose);
            return store;
        }
        catch (CatalogueStoreException e)
        {
            cause = e;
            return null;
        }
    }

    private static string? Aside(DataDirectory data) =>
        Directory.EnumerateFiles(data.Path, Path.GetFileName(data.Catalogue) + AsideSuffix + "*").Order(StringComparer.Ordinal).LastOrDefault();

    // The log first: it must not be found beside a new file, which would take it for its own.
    private static string SetAside(string path, Cleanup cleanup)
    {
        string aside = path + AsideSuffix + TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        foreach (string part in (string[])["-wal", "-shm", ""])
        {
            if (!File.Exists(path + part)) continue;
            File.Move(path + part, aside + part);
            cleanup.AfterFailure(() => File.Move(aside + part, path + part, overwrite: true));
        }

        return aside;
    }
}

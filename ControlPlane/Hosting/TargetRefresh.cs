using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Configuration;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>Names among RR_TARGET_IPS: asked again from time to time; what came or went becomes single changes, so that a drained target stays drained.</summary>
internal sealed partial class TargetRefresh(TargetCatalogue targets, Composition composition, Pipeline pipeline, TimeProvider time, ILogger<TargetRefresh> log)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(TargetResolver.Interval, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                IReadOnlyList<(string Target, IPAddress Address)> resolved = await TargetResolver.ResolveAsync(targets.Targets, cancel);
                await FollowAsync(targets.Catalogue(resolved));
            }
            catch (Exception e) when (e is OperatorException or PipelineUnavailableException)
            {
                Kept(e.Message.ReplaceLineEndings("; "));
            }
        }
    }

    private async Task FollowAsync(CatalogueSpec wanted)
    {
        composition.Initial = wanted;
        CatalogueSpec now = (await pipeline.CatalogueAsync()).Spec;
        foreach (PoolSpec pool in wanted.Pools.Values)
        {
            ImmutableSortedDictionary<BackendId, BackendSpec> known = now.Pools.TryGetValue(pool.Id, out PoolSpec? current) ? current.Backends : pool.Backends.Clear();
            foreach (BackendSpec backend in pool.Backends.Values.Where(backend => !known.ContainsKey(backend.Id))) await ChangeAsync(new AddBackend(backend), backend.Id);
            foreach (BackendId gone in known.Keys.Where(id => !pool.Backends.ContainsKey(id))) await ChangeAsync(new RemoveBackend(gone), gone);
        }
    }

    private async Task ChangeAsync(ICatalogueCommand command, BackendId backend)
    {
        if (await pipeline.ChangeAsync(command) is CatalogueRejected rejected) Kept(string.Join("; ", rejected.Reasons));
        else Followed(backend, command is AddBackend ? "came" : "went");
    }

    [LoggerMessage(LogLevel.Warning, "The targets stay as they were: {Reason}")]
    private partial void Kept(string reason);

    [LoggerMessage(LogLevel.Information, "A target's name says otherwise now: {Backend} {CameOrWent}")]
    private partial void Followed(BackendId backend, string cameOrWent);
}

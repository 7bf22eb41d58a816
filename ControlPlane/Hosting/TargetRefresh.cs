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
        foreach (ICatalogueCommand change in TargetChanges.Between((await pipeline.CatalogueAsync()).Spec, wanted))
        {
            if (await pipeline.ChangeAsync(change) is CatalogueRejected rejected) Kept(string.Join("; ", rejected.Reasons));
            else if (change is AddBackend added) Came(added.Backend.Id);
            else if (change is RemoveBackend removed) Went(removed.Backend);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The targets stay as they were: {Reason}")]
    private partial void Kept(string reason);

    [LoggerMessage(LogLevel.Information, "A target's name has a new address: {Backend} came")]
    private partial void Came(BackendId backend);

    [LoggerMessage(LogLevel.Information, "A target's name has lost an address: {Backend} went")]
    private partial void Went(BackendId backend);
}

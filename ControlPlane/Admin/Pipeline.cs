using Akka.Actor;
using RustyRail.Actors.BackendHealth;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Exceptions;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Membership;
using RustyRail.Actors.Tables;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;
using static RustyRail.Actors.Protocol.FormationProtocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.ControlPlane.Admin;

/// <summary>
/// The one place where actors are asked. They are looked up each time: after a restart of the actor system they are others.
/// </summary>
internal sealed class Pipeline(ActorSystemIncarnations actors)
{
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(3);

    // Longer than a write to the slowest disk that anybody should use, and than the wait for the other nodes.
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(10);

    // The one stage that waits for other machines before it says anything.
    private const string Silence = " (a node that has no catalogue first takes that of the other nodes)";

    public Task<CatalogueChanged> CatalogueAsync() => AskAsync<CatalogueActor, CatalogueChanged>(new GetCatalogue(), QuestionLimit, Silence);

    public Task<HealthReport> HealthAsync() => AskAsync<BackendHealthActor, HealthReport>(new GetHealth(), QuestionLimit);

    public Task<TablesReport> TablesAsync() => AskAsync<TablePublisherActor, TablesReport>(new GetTables(), QuestionLimit);

    public Task<MembershipReport> MembershipAsync() => AskAsync<MembershipActor, MembershipReport>(new GetMembership(), QuestionLimit);

    public Task<DoorReport> DoorAsync() => AskAsync<DoorActor, DoorReport>(new GetDoor(), QuestionLimit);

    public Task<ExceptionsReport> ExceptionsAsync() => AskAsync<ExceptionsActor, ExceptionsReport>(new GetExceptions(), QuestionLimit);

    public Task<HistoryReport> HistoryAsync(GetHistory question) => AskAsync<CatalogueActor, HistoryReport>(question, QuestionLimit, Silence);

    /// <summary>Not answered: the actor ends with its system.</summary>
    public void LeaveCluster()
    {
        if (actors.TryGet<MembershipActor>(out IActorRef? membership)) membership.Tell(new LeaveCluster());
    }

    /// <summary>A <see cref="CatalogueAccepted"/>, a <see cref="CatalogueRejected"/> or a <see cref="CatalogueOutdated"/>.</summary>
    public Task<object> ChangeAsync(ICatalogueCommand command) => AskAsync<CatalogueActor, object>(command, ChangeLimit, Silence);

    /// <summary>A <see cref="NodeForgotten"/> or a <see cref="NodeNotForgotten"/>.</summary>
    public Task<object> ForgetAsync(ForgetNode forget) => AskAsync<MembershipActor, object>(forget, QuestionLimit);

    private async Task<TAnswer> AskAsync<TActor, TAnswer>(object question, TimeSpan limit, string silence = "")
    {
        if (!actors.TryGet<TActor>(out IActorRef? actor)) throw new PipelineUnavailableException(actors.IsHeldBack ? "this node has left its cluster (rustyrail drain-node --undo brings it back)" : "the actor system is starting");
        try
        {
            return await actor.Ask<TAnswer>(question, limit);
        }
        catch (AskTimeoutException)
        {
            throw new PipelineUnavailableException($"{typeof(TActor).Name} did not answer within {limit.TotalSeconds:0} s{silence}");
        }
    }
}

/// <summary>The actors cannot be asked at the moment. Forwarding does not depend on them.</summary>
internal sealed class PipelineUnavailableException(string message) : Exception(message);

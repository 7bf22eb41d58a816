using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Changes;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue.Changes;

/// <summary>A catalogue that commands are done to without an actor, history included.</summary>
internal sealed class ChangedCatalogue(CatalogueState state)
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public CatalogueState State { get; private set; } = state;

    public static ChangedCatalogue OfWebAndMail()
    {
        ChangedCatalogue catalogue = new(CatalogueState.Empty);
        catalogue.Do(new ApplyCatalogue(Samples.WebAndMail));
        return catalogue;
    }

    public Change Do(ICatalogueCommand command, string node = "lb1")
    {
        EditDecision decision = Decide(command, node);
        CatalogueEdit edit = decision.Edit ?? throw new InvalidOperationException(string.Join("; ", decision.Reasons));
        var change = Change.Of(State, edit, new ChangeRequest(command, new Author("ann", "desk")), Noon);
        State = State.Merge(edit.Key.Id, edit.Entries).Merge(ChangeLog.Of(change));
        return change;
    }

    public string Refused(ICatalogueCommand command) => Assert.Single(Decide(command, "lb1").Reasons);

    private EditDecision Decide(ICatalogueCommand command, string node) => CatalogueEdits.Decide(State, command, node, Samples.Limits);
}

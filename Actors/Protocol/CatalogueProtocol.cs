using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Protocol;

/// <summary>Changes an operator asks of the catalogue, and what the catalogue tells the rest of the pipeline.</summary>
public static class CatalogueProtocol
{
    /// <summary>A change, answered with <see cref="CatalogueAccepted"/>, <see cref="CatalogueRejected"/> or <see cref="CatalogueOutdated"/>.</summary>
    public interface ICatalogueCommand;

    /// <summary>Who wants a change: a person and the machine that it was asked on. Told to all nodes, trusted by none.</summary>
    public sealed record Author(string User, string Host)
    {
        /// <summary>Nobody in particular: the program itself.</summary>
        public static Author Itself { get; } = new("rustyrail", "");
    }

    /// <summary>A command and what belongs to it.</summary>
    /// <param name="Expected">Changes nothing unless the catalogue has this digest: somebody else was faster.</param>
    public sealed record ChangeRequest(ICatalogueCommand Command, Author By, string? Expected = null) : ICatalogueCommand;

    /// <summary>Makes the catalogue equal to <paramref name="Spec"/>; its entries land together or not at all.</summary>
    public sealed record ApplyCatalogue(CatalogueSpec Spec) : ICatalogueCommand;

    public sealed record AddBackend(BackendSpec Backend) : ICatalogueCommand;

    /// <summary>Ends the backend's flows. Drain it first to keep them.</summary>
    public sealed record RemoveBackend(BackendId Backend) : ICatalogueCommand;

    public sealed record SetBackendState(BackendId Backend, BackendState State) : ICatalogueCommand;

    public sealed record SetBackendWeight(BackendId Backend, int Weight) : ICatalogueCommand;

    /// <summary>Makes what a change touched as it was before it. <paramref name="Change"/> null: the last one that is neither an undo nor undone.</summary>
    /// <param name="Force">Also what was changed again since.</param>
    public sealed record UndoChange(ChangeId? Change, bool Force) : ICatalogueCommand;

    /// <summary>Asks for one <see cref="CatalogueChanged"/>, as it stands now.</summary>
    public sealed record GetCatalogue;

    /// <summary>Sender gets the current <see cref="CatalogueChanged"/> at once and every later one.</summary>
    public sealed record SubscribeToCatalogue;

    /// <summary>The change is stored durably on this node; <paramref name="Reached"/> of <paramref name="Members"/> nodes have it already.</summary>
    /// <param name="Change">The change that it has become; null when all was so already.</param>
    public sealed record CatalogueAccepted(string SpecDigest, int Reached, int Members, ChangeId? Change = null);

    /// <summary>Nothing was changed. One line per reason, each naming the entry.</summary>
    public sealed record CatalogueRejected(ImmutableArray<string> Reasons);

    /// <summary>Nothing was changed: the catalogue is at <paramref name="SpecDigest"/>, not as the request expects.</summary>
    public sealed record CatalogueOutdated(string Expected, string SpecDigest);

    /// <summary>The whole catalogue after a change, from whichever node it came.</summary>
    /// <param name="SpecDigest">Equal on every node that holds the same catalogue (see SpecificationDigest).</param>
    public sealed record CatalogueChanged(CatalogueSpec Spec, string SpecDigest);
}

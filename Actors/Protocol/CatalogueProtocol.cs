using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Protocol;

/// <summary>Changes an operator asks of the catalogue, and what the catalogue tells the rest of the pipeline.</summary>
public static class CatalogueProtocol
{
    /// <summary>A change, answered with <see cref="CatalogueAccepted"/> or <see cref="CatalogueRejected"/>.</summary>
    public interface ICatalogueCommand;

    /// <summary>Makes the catalogue equal to <paramref name="Spec"/>; its entries land together or not at all.</summary>
    public sealed record ApplyCatalogue(CatalogueSpec Spec) : ICatalogueCommand;

    public sealed record AddBackend(BackendSpec Backend) : ICatalogueCommand;

    /// <summary>Ends the backend's flows. Drain it first to keep them.</summary>
    public sealed record RemoveBackend(BackendId Backend) : ICatalogueCommand;

    public sealed record SetBackendState(BackendId Backend, BackendState State) : ICatalogueCommand;

    public sealed record SetBackendWeight(BackendId Backend, int Weight) : ICatalogueCommand;

    /// <summary>Asks for one <see cref="CatalogueChanged"/>, as it stands now.</summary>
    public sealed record GetCatalogue;

    /// <summary>Sender gets the current <see cref="CatalogueChanged"/> at once and every later one.</summary>
    public sealed record SubscribeToCatalogue;

    /// <summary>The change is stored durably on this node; <paramref name="Reached"/> of <paramref name="Members"/> nodes have it already.</summary>
    public sealed record CatalogueAccepted(string SpecDigest, int Reached, int Members);

    /// <summary>Nothing was changed. One line per reason, each naming the entry.</summary>
    public sealed record CatalogueRejected(ImmutableArray<string> Reasons);

    /// <summary>The whole catalogue after a change, from whichever node it came.</summary>
    /// <param name="SpecDigest">Equal on every node that holds the same catalogue (see SpecificationDigest).</param>
    public sealed record CatalogueChanged(CatalogueSpec Spec, string SpecDigest);
}

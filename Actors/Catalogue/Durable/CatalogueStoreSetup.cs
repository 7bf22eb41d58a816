using Akka.Actor.Setup;

namespace RustyRail.Actors.Catalogue.Durable;

/// <summary>How the store actor finds the open file: DistributedData makes that actor itself and passes it nothing but configuration.</summary>
internal sealed class CatalogueStoreSetup(CatalogueStore store) : Setup
{
    public CatalogueStore Store { get; } = store;
}

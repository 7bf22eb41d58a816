using RustyRail.Actors.Tests.Catalogue;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

// Not a test: a process for a test to kill. Edits the catalogue at the given path for ever and prints each edit's number once it is accepted.
await using RunningNode node = await RunningNode.StartAsync(args[0], Samples.WebAndMail);
for (int n = 10; ; n++)
{
    await node.AcceptAsync(n % 5 == 0 ? new ApplyCatalogue(KilledNode.Catalogue(n)) : new AddBackend(KilledNode.Backend(n)));
    await Console.Out.WriteLineAsync($"accepted {n}");
}

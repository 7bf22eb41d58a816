using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class KeyBoundTests(ITestOutputHelper output)
{
    [Fact]
    public void Names_of_removed_backends_fill_a_pool_and_the_edit_that_no_longer_fits_is_refused()
    {
        CatalogueState state = CatalogueState.Empty;
        state = Merged(state, Decide(state, new ApplyCatalogue(Samples.WebAndMail)).Edit!);
        int names = 0;
        string? refusal = null;
        for (; refusal is null; names += 5_000)
        {
            CatalogueEdit edit = Removed(names, 5_000);
            refusal = KeyBound.Refusal(state, edit);
            state = Merged(state, edit);
        }

        int bytes = EntriesCodec.Encode(CatalogueEntries.Of(state.Latest.Map.Where(pair => pair.Key.Pool == "web" && pair.Key.Kind == EntryKind.Backend))).Length;
        output.WriteLine($"measured: {names:N0} removed names of 20 letters in one pool: {bytes:N0} bytes");

        Assert.StartsWith("catalogue/pool/web: this change would make it 3.", Assert.Single(Decide(state, new AddBackend(Samples.Backend("server9", 9))).Reasons), StringComparison.Ordinal);
        Assert.Empty(Decide(state, new AddBackend(Samples.Backend("server9", 9, new PoolId("mail")))).Reasons);
        Assert.InRange(bytes, 2_500_000, 4 << 20);
    }

    [Fact]
    public void Replacing_a_full_catalogue_of_long_names_at_once_is_refused_and_in_two_steps_it_is_not()
    {
        CatalogueState state = CatalogueState.Empty;
        state = Merged(state, Decide(state, new ApplyCatalogue(Full('a'))).Edit!);

        string refusal = Assert.Single(Decide(state, new ApplyCatalogue(Full('b'))).Reasons);

        Assert.StartsWith("catalogue: this change would make it 5.0 MB", refusal, StringComparison.Ordinal);
        state = state.Merge(CatalogueKey.Root.Id, CatalogueEntries.SettledUpTo(state.Root));
        CatalogueSpec half = Full('a');
        half = half with { Pools = half.Pools.RemoveRange(half.Pools.Keys.Take(half.Pools.Count / 2)) };
        Assert.NotNull(Decide(state, new ApplyCatalogue(half)).Edit);
    }

    private static CatalogueSpec Full(char letter) => Samples.Catalogue(Enumerable.Range(0, 128).Select(n =>
    {
        var pool = new PoolId($"{new string(letter, 57)}{n:000000}");
        return Samples.Pool(pool.Name, [.. Enumerable.Range(0, 128).Select(m => Samples.Backend($"{new string(letter, 57)}{m:000000}", (n * 128) + m + 1, pool))]);
    }));

    private static CatalogueEdit Removed(int from, int count) => CatalogueEdit.Of(
        [.. Enumerable.Range(from, count).Select(n => KeyValuePair.Create(EntryId.Of(new BackendId(Samples.Web, $"web-7f9c4d5b6-{n:000000}")), Entry.Removed(new Stamp(100_000 + n, "lb1"))))]);

    private static EditDecision Decide(CatalogueState state, ICatalogueCommand command) => CatalogueEdits.Decide(state, command, "lb1", Samples.Limits);

    private static CatalogueState Merged(CatalogueState state, CatalogueEdit edit) => state.Merge(edit.Key.Id, edit.Entries);
}

using System.Diagnostics;
using Akka.DistributedData.Durable;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class DurabilityTests(ITestOutputHelper output) : IDisposable
{
    private static readonly BackendId Server1 = new(Samples.Web, "server1");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(20, 1_000)]
    [InlineData(1_024, 16_384)]
    public async Task A_large_catalogue_is_the_same_after_a_restart(int pools, int backends)
    {
        CatalogueSpec large = Samples.Large(pools, backends);
        CatalogueAccepted accepted;
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue))
        {
            var clock = Stopwatch.StartNew();
            accepted = await node.AcceptAsync(new ApplyCatalogue(large));
            output.WriteLine($"apply: {clock.Elapsed.TotalMilliseconds:0} ms");
            clock.Restart();
            for (int n = 0; n < 20; n++) await node.AcceptAsync(new SetBackendWeight(new BackendId(new PoolId("pool0"), "server0"), 1 + (n % 2)));
            output.WriteLine($"one weight, accepted and stored: {clock.Elapsed.TotalMilliseconds / 20:0.0} ms");
            accepted = await node.AcceptAsync(new SetBackendWeight(new BackendId(new PoolId("pool0"), "server0"), 100));
        }

        var start = Stopwatch.StartNew();
        await using RunningNode again = await RunningNode.StartAsync(_scratch.Catalogue);
        CatalogueChanged after = await again.CatalogueAsync();
        output.WriteLine($"restart of the ActorSystem to the first answer: {start.Elapsed.TotalMilliseconds:0} ms; file {new FileInfo(_scratch.Catalogue).Length:N0} bytes");

        Assert.Equal(accepted.SpecDigest, after.SpecDigest);
        Assert.Equal(SpecificationWriter.Write(large), SpecificationWriter.Write(after.Spec));
    }

    [Fact]
    public async Task A_disk_that_is_full_refuses_the_change_whole_and_says_why()
    {
        string before;
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail, maxPages: 12))
        {
            before = (await node.CatalogueAsync()).SpecDigest;

            CatalogueRejected rejected = await node.RejectAsync(new ApplyCatalogue(Samples.Large(pools: 20, backends: 1000)));

            Assert.Equal($"catalogue {_scratch.Catalogue}: cannot grow: no space left on the device", Assert.Single(rejected.Reasons));
            Assert.Equal(before, (await node.CatalogueAsync()).SpecDigest);
        }

        await using RunningNode again = await RunningNode.StartAsync(_scratch.Catalogue);
        Assert.Equal(before, (await again.CatalogueAsync()).SpecDigest);
        await again.AcceptAsync(new SetBackendWeight(Server1, 7));
    }

    [Fact]
    public async Task An_edit_whose_row_was_never_written_is_there_after_the_crash()
    {
        string digest;
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail))
        {
            await node.AcceptAsync(new SetBackendState(Server1, BackendState.Draining));
            digest = (await node.CatalogueAsync()).SpecDigest;
        }

        // As if the process had died between the edit and DistributedData's row for it.
        string other = Path.Combine(_scratch.Path, "other.db");
        using (CatalogueStore source = CatalogueStore.Open(_scratch.Catalogue))
        await using (RunningNode node = await RunningNode.StartAsync(await CopyAsEditsAsync(source, other)))
        {
            Assert.Equal(digest, (await node.CatalogueAsync()).SpecDigest);
        }

        await using RunningNode again = await RunningNode.StartAsync(other);
        Assert.Equal(digest, (await again.CatalogueAsync()).SpecDigest);
    }

    [Fact]
    public async Task A_process_killed_at_any_moment_loses_no_accepted_edit_and_keeps_none_by_half()
    {
        var random = new Random();
        for (int round = 0; round < 5; round++)
        {
            string path = Path.Combine(_scratch.Path, $"killed{round}.db");
            int accepted = await KilledNode.RunAndKillAsync(path, afterEdits: random.Next(1, 40), andThen: TimeSpan.FromMicroseconds(random.Next(8000)));

            await using RunningNode node = await RunningNode.StartAsync(path);
            string found = SpecificationWriter.Write((await node.CatalogueAsync()).Spec);

            output.WriteLine($"killed after edit {accepted} was accepted");
            // The next one may have been stored without its acceptance having been printed.
            Assert.Contains(found, new[] { accepted, accepted + 1 }.Select(n => SpecificationWriter.Write(KilledNode.After(n))));
        }
    }

    [SkippableFact]
    public async Task A_file_system_that_runs_full_refuses_changes_and_a_start_on_it_too()
    {
        using var disk = new TinyDisk();
        Skip.IfNot(disk.IsMounted, "a tmpfs cannot be mounted here (root?)");
        string path = Path.Combine(disk.Path, "catalogue.db");
        await using (RunningNode node = await RunningNode.StartAsync(path, Samples.WebAndMail))
        {
            string before = (await node.CatalogueAsync()).SpecDigest;
            disk.Fill();

            CatalogueRejected rejected = await node.RejectAsync(new ApplyCatalogue(Samples.Large(pools: 20, backends: 1000)));

            Assert.Equal($"catalogue {path}: cannot grow: no space left on the device", Assert.Single(rejected.Reasons));
            Assert.Equal(before, (await node.CatalogueAsync()).SpecDigest);
        }

        disk.Fill();
        string message = Assert.Throws<CatalogueStoreException>(() => CatalogueStore.Open(path).Dispose()).Message;
        Assert.Equal($"catalogue {path}: cannot grow: no space left on the device", message);
        disk.Free();
        await using RunningNode again = await RunningNode.StartAsync(path);
        await again.AcceptAsync(new SetBackendWeight(Server1, 7));
    }

    [Fact]
    public async Task The_first_catalogue_fills_an_empty_store_and_never_a_filled_one()
    {
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail))
        {
            await node.AcceptAsync(new RemoveBackend(Server1));
        }

        await using RunningNode again = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        Assert.False((await again.CatalogueAsync()).Spec.Pools[Samples.Web].Backends.ContainsKey(Server1));
    }

    [Fact]
    public async Task Without_a_store_the_catalogue_can_be_changed_and_nothing_is_kept()
    {
        string directory = Directory.GetCurrentDirectory();
        string[] before = Directory.GetFileSystemEntries(directory);
        await using (RunningNode node = await RunningNode.StartAsync(store: null, Samples.WebAndMail))
        {
            CatalogueAccepted accepted = await node.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));
            Assert.Equal(accepted.SpecDigest, (await node.CatalogueAsync()).SpecDigest);
        }

        await using RunningNode again = await RunningNode.StartAsync(store: null, Samples.WebAndMail);
        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write((await again.CatalogueAsync()).Spec));
        Assert.Equal(before, Directory.GetFileSystemEntries(directory));
    }

    private static async Task<CatalogueStore> CopyAsEditsAsync(CatalogueStore source, string path)
    {
        CatalogueStore copy = CatalogueStore.Open(path);
        await using RunningNode codec = await RunningNode.StartAsync(store: null);
        foreach (StoredEntry row in source.LoadEntries())
        {
            var envelope = (DurableDataEnvelope)codec.System.Serialization.Deserialize(row.Payload, row.SerializerId, row.Manifest);
            if (envelope.Data is CatalogueEntries entries) copy.Accept(row.Key, entries);
        }

        return copy;
    }
}

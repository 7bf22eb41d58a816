using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Actors.Catalogue;
using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;

namespace ControlPlane.Tests.Hosting;

public sealed class StoredCatalogueTests : IDisposable
{
    private const string Damage = "Lorem ipsum: no catalogue";

    private readonly TemporaryDirectory _directory = new();
    private readonly TcpListener _peer = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _seed;

    public StoredCatalogueTests()
    {
        _peer.Start();
        _seed = (IPEndPoint)_peer.LocalEndpoint;
    }

    public void Dispose()
    {
        _peer.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_damaged_file_ends_the_start_of_a_node_that_is_alone()
    {
        _directory.File("catalogue.db", Damage);

        Assert.Contains("is damaged or not a catalogue", await RefusedAsync(Plan()), StringComparison.Ordinal);
        _peer.Stop();
        Assert.Contains("is damaged or not a catalogue", await RefusedAsync(Plan(_seed)), StringComparison.Ordinal);
        Assert.Equal(Damage, File.ReadAllText(_directory.At("catalogue.db")));
    }

    [Fact]
    public async Task With_a_live_peer_the_damaged_file_is_kept_aside_and_the_others_have_the_catalogue()
    {
        _directory.File("catalogue.db", Damage);
        Assert.Contains("a start keeps it aside", Assert.Single(await StoredState.CheckAsync(Plan(_seed), CancellationToken.None)), StringComparison.Ordinal);
        await using (Cleanup cleanup = new() { Started = true }) Assert.Equal(CatchUp.FromOthersOnly, (await OpenAsync(Plan(_seed), cleanup)).CatchUp);

        string aside = Assert.Single(Directory.GetFiles(_directory.Path, "catalogue.db.bad-*Z"));
        Assert.Equal(Damage, File.ReadAllText(aside));

        // Nothing has come yet: the next start knows that this is no empty catalogue.
        await using (Cleanup cleanup = new() { Started = true }) Assert.Equal(CatchUp.FromOthersOnly, (await OpenAsync(Plan(_seed), cleanup)).CatchUp);
        _peer.Stop();
        Assert.Contains($"is empty since {aside}", await RefusedAsync(Plan(_seed)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_afterwards_puts_the_file_back()
    {
        _directory.File("catalogue.db", Damage);

        await using (Cleanup cleanup = new()) await OpenAsync(Plan(_seed), cleanup);

        Assert.Equal(Damage, File.ReadAllText(_directory.At("catalogue.db")));
        Assert.Single(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_file_that_is_only_in_use_is_never_put_aside()
    {
        await using Cleanup cleanup = new() { Started = true };
        await OpenAsync(Plan(), cleanup);

        Assert.Contains("is in use by another process", await RefusedAsync(Plan(_seed)), StringComparison.Ordinal);
    }

    private static Task<StoredCatalogue> OpenAsync(StartPlan plan, Cleanup cleanup) => StoredCatalogue.OpenAsync(plan, NullLogger.Instance, cleanup, CancellationToken.None);

    private static async Task<string> RefusedAsync(StartPlan plan)
    {
        await using Cleanup cleanup = new();
        return (await Assert.ThrowsAsync<OperatorException>(() => OpenAsync(plan, cleanup))).Message;
    }

    private StartPlan Plan(params IPEndPoint[] seeds) => new()
    {
        Node = new NodeOptions { Device = "none", Cluster = new ClusterOptions { Seeds = [.. seeds] } },
        State = new StateDirectory(_directory.Path, "test"),
        Data = new DataDirectory(_directory.Path, "test"),
    };
}

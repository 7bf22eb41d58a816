using RustyRail.Contract.Hashing;
using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;

namespace ControlPlane.Tests.Hosting;

public sealed class ClusterKeyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_key_is_made_once_and_read_ever_after()
    {
        FlowHashKey made = await ReadAsync(published: null);

        Assert.Equal(made, await ReadAsync(published: ClusterKey.Random()));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.At("cluster.key")));
    }

    [Fact]
    public async Task What_a_running_dataplane_chooses_by_is_kept()
    {
        FlowHashKey published = new(1, 2, FlowHashKey.MultiplyMix);

        Assert.Equal(published, await ReadAsync(published));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rustyrail-cluster-key-1 1 00000000000000zz 0000000000000000")]
    [InlineData("rustyrail-cluster-key-1 99 0000000000000001 0000000000000002")]
    public async Task A_file_that_is_no_key_is_refused_with_its_name(string text)
    {
        string path = _directory.File("cluster.key", text);
        OperatorException refusal = await Assert.ThrowsAsync<OperatorException>(() => ReadAsync(published: null));

        Assert.Equal($"{path}: not a cluster key that this program can use", refusal.Message);
    }

    [Fact]
    public async Task A_start_that_fails_takes_its_key_away_again()
    {
        await using (Cleanup cleanup = new()) ClusterKey.ReadOrMake(new DataDirectory(_directory.Path, "test"), published: null, cleanup);

        Assert.False(File.Exists(_directory.At("cluster.key")));
    }

    private async Task<FlowHashKey> ReadAsync(FlowHashKey? published)
    {
        await using Cleanup cleanup = new() { Started = true };
        return ClusterKey.ReadOrMake(new DataDirectory(_directory.Path, "test"), published, cleanup);
    }
}

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
    public void A_key_is_kept_once_and_read_ever_after()
    {
        FlowHashKey made = ClusterKey.Random();
        Assert.Null(ClusterKey.Read(Data));

        ClusterKey.Keep(Data, made);
        ClusterKey.Keep(Data, ClusterKey.Random());

        Assert.Equal(made, ClusterKey.Read(Data));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.At("cluster.key")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rustyrail-cluster-key-1 1 00000000000000zz 0000000000000000")]
    [InlineData("rustyrail-cluster-key-1 99 0000000000000001 0000000000000002")]
    public void A_file_that_is_no_key_is_refused_with_its_name(string text)
    {
        string path = _directory.File("cluster.key", text);
        OperatorException refusal = Assert.Throws<OperatorException>(() => ClusterKey.Read(Data));

        Assert.Equal($"{path}: not a cluster key that this program can use", refusal.Message);
    }

    private DataDirectory Data => new(_directory.Path, "test");
}

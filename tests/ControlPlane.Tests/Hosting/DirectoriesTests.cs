using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Hosting;

namespace ControlPlane.Tests.Hosting;

public sealed class DirectoriesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Exactly_what_was_made_is_taken_away()
    {
        Directory.CreateDirectory(_directory.At("there"));
        await using (Cleanup cleanup = new())
        {
            Directories.Make(_directory.At("there/a/b"), "state directory", cleanup.Then);
            Assert.True(Directory.Exists(_directory.At("there/a/b")));
        }

        Assert.True(Directory.Exists(_directory.At("there")));
        Assert.False(Directory.Exists(_directory.At("there/a")));
    }

    [Fact]
    public async Task What_is_in_use_stays()
    {
        await using (Cleanup cleanup = new())
        {
            Directories.Make(_directory.At("a"), "state directory", cleanup.Then);
            _directory.File("a/dataplane.log", "words");
        }

        Assert.True(File.Exists(_directory.At("a/dataplane.log")));
    }

    [Fact]
    public async Task A_file_in_the_way_is_named()
    {
        await using Cleanup cleanup = new();
        _directory.File("file", "");
        OperatorException refusal = Assert.Throws<OperatorException>(() => Directories.Make(_directory.At("file/a"), "data directory", cleanup.Then));

        Assert.StartsWith($"data directory {_directory.At("file/a")}: cannot be made: ", refusal.Message, StringComparison.Ordinal);
    }
}

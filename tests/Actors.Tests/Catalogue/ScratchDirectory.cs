namespace RustyRail.Actors.Tests.Catalogue;

internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rrt-catalogue-").FullName;

    public string Catalogue => System.IO.Path.Combine(Path, "data", "catalogue.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

namespace ControlPlane.Tests;

/// <summary>On tmpfs where there is one, as state directories must be.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateDirectory(System.IO.Path.Combine("/dev/shm", $"rustyrail-test-{Guid.NewGuid():N}"));

    public string Path => _directory.FullName;

    public string File(string name, string text)
    {
        string path = At(name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _directory.Delete(recursive: true);
}

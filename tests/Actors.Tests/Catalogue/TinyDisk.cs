using System.Diagnostics;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>A tmpfs of half a megabyte, to be filled up. Gone with the test.</summary>
internal sealed class TinyDisk : IDisposable
{
    public TinyDisk()
    {
        Path = Directory.CreateTempSubdirectory("rrt-catalogue-disk-").FullName;
        IsMounted = Run("mount", "-t", "tmpfs", "-o", "size=512k", "rrt-catalogue", Path);
    }

    public string Path { get; }

    public bool IsMounted { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public void Fill()
    {
        using FileStream file = new(Filler, FileMode.Append);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Path);

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        if (IsMounted) Run("umount", Path);
        Directory.Delete(Path, recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

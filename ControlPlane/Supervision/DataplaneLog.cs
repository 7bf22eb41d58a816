using System.Text;

namespace RustyRail.ControlPlane.Supervision;

/// <summary>The file that the dataplane's output goes to. It has no pipe to us: it must outlive us.</summary>
internal sealed class DataplaneLog(string path)
{
    // The reason of a failed start is one line; a crash leaves a stack, of which the end says enough.
    private const int TailBytes = 4096;

    public long Length => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The last line written behind <paramref name="offset"/>; null if nothing was.</summary>
    public string? LastLineSince(long offset)
    {
        if (!File.Exists(path)) return null;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Min(file.Length, Math.Max(offset, file.Length - TailBytes));
        using StreamReader text = new(file, Encoding.UTF8);
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
    }
}

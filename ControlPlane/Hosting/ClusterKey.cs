using System.Globalization;
using System.Security.Cryptography;
using RustyRail.Contract.Hashing;
using RustyRail.ControlPlane.Configuration;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>
/// The cluster's hash key: made once by whichever node begins the cluster, handed over to the others, kept beside the catalogue. It is a secret: whoever knows it can aim all flows at one backend.
/// </summary>
internal static class ClusterKey
{
    private const string FileName = "cluster.key";
    private const string FormatName = "rustyrail-cluster-key-1";

    /// <summary>Makes <paramref name="key"/> durable, if there is none yet.</summary>
    public static void Keep(DataDirectory data, FlowHashKey key)
    {
        string path = PathIn(data);
        try
        {
            if (File.Exists(path)) return;
            string unfinished = path + ".new";
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (StreamWriter text = new(unfinished, options))
            {
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{FormatName} {key.Algorithm} {key.Key0:x16} {key.Key1:x16}"));
            }

            File.Move(unfinished, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path}: {e.Message}");
        }
    }

    /// <exception cref="OperatorException">There is one that cannot be used.</exception>
    public static FlowHashKey? Read(DataDirectory data) => Read(PathIn(data));

    public static FlowHashKey Random() => new(RandomNumber(), RandomNumber(), FlowHashKey.MultiplyMix);

    public static string PathIn(DataDirectory data) => Path.Combine(data.Path, FileName);

    private static FlowHashKey? Read(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(path, File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path}: {e.Message}");
        }
    }

    private static FlowHashKey Parse(string path, string text)
    {
        string[] parts = text.Trim().Split(' ');
        ulong key0 = 0, key1 = 0;
        int algorithm = 0;
        bool valid = parts.Length == 4 && parts[0] == FormatName
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out algorithm) && algorithm == FlowHashKey.MultiplyMix
            && ulong.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key0)
            && ulong.TryParse(parts[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key1);
        return valid ? new FlowHashKey(key0, key1, algorithm) : throw new OperatorException($"{path}: not a cluster key that this program can use");
    }

    private static ulong RandomNumber() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}

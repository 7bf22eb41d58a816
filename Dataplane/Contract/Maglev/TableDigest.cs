using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RustyRail.Contract.Maglev;

/// <summary>Names what a set of tables says, independent of slots: equal on every node whose live sets agree.</summary>
internal static class TableDigest
{
    /// <summary>16 lower-case hexadecimal digits of SHA-256 over names in order and entries.</summary>
    public static string Of(ReadOnlySpan<string> names, ReadOnlySpan<ushort> entries)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in names)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData([0]);
        }

        hash.AppendData(MemoryMarshal.AsBytes(entries));
        return Shorten(hash);
    }

    /// <summary>Over (pool, digest of its table), in the order given: sort by pool.</summary>
    public static string OfAll(IEnumerable<(PoolId Pool, string Digest)> tables)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((PoolId pool, string digest) in tables) hash.AppendData(Encoding.UTF8.GetBytes($"{pool}\0{digest}\0"));
        return Shorten(hash);
    }

    private static string Shorten(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
}

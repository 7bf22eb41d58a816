namespace Dataplane.Tests.Maglev;

internal static class Tables
{
    /// <summary>Sorted ordinally, as the builder wants them.</summary>
    public static string[] Names(int count, string prefix = "server") => [.. Enumerable.Range(0, count).Select(i => $"{prefix}{i:d5}")];

    public static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    public static int[] Shares(ushort[] table, int backends)
    {
        int[] shares = new int[backends];
        foreach (ushort entry in table) shares[entry]++;
        return shares;
    }
}

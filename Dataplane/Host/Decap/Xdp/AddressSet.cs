using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// Keys in one of the program's maps of addresses. A change adds what is new before it deletes what is old, so that nothing that stays is
/// ever missing; what a predecessor left there counts as old. One thread at a time.
/// </summary>
internal static class AddressSet
{
    private static readonly byte[] _present = [1, 0, 0, 0];

    /// <summary>None: every source is allowed.</summary>
    public static void SetSources(BpfMap trie, IReadOnlyList<IPNetwork> prefixes)
    {
        IEnumerable<IPNetwork> allowed = prefixes.Count > 0 ? prefixes : [new IPNetwork(IPAddress.Any, 0), new IPNetwork(IPAddress.IPv6Any, 0)];
        Set(trie, allowed.Select(AddressKey.Of));
    }

    /// <summary>Those that this network namespace has now, on any device.</summary>
    public static void SetOwn(BpfMap map)
    {
        IEnumerable<IPAddress> own = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6);
        Set(map, own.Select(AddressKey.Of));
    }

    private static void Set(BpfMap map, IEnumerable<byte[]> keys)
    {
        HashSet<string> wanted = [];
        List<byte[]> old = Keys(map);
        HashSet<string> present = [.. old.Select(Convert.ToHexString)];
        foreach (byte[] key in keys)
        {
            string text = Convert.ToHexString(key);
            if (wanted.Add(text) && !present.Contains(text)) map.Update(key, _present);
        }

        foreach (byte[] key in old.Where(key => !wanted.Contains(Convert.ToHexString(key)))) map.Delete(key);
    }

    private static List<byte[]> Keys(BpfMap map)
    {
        List<byte[]> keys = [];
        byte[] next = new byte[map.Shape.KeyBytes];
        for (byte[] key = []; map.TryNextKey(key, next); key = keys[^1]) keys.Add([.. next]);
        return keys;
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>Who may send GRE to this server: the cluster's nodes. A handful of prefixes, so a loop over them is the fastest table.</summary>
internal sealed class SourcePrefixes
{
    private readonly uint[] _networks;
    private readonly uint[] _masks;

    /// <param name="prefixes">None: every source is allowed.</param>
    public SourcePrefixes(IReadOnlyList<IPNetwork> prefixes)
    {
        _networks = new uint[prefixes.Count];
        _masks = new uint[prefixes.Count];
        for (int i = 0; i < prefixes.Count; i++)
        {
            _masks[i] = prefixes[i].PrefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixes[i].PrefixLength);
            _networks[i] = BinaryPrimitives.ReadUInt32BigEndian(prefixes[i].BaseAddress.GetAddressBytes());
        }
    }

    public bool AllowsAny => _networks.Length == 0;

    public bool Allows(uint address)
    {
        for (int i = 0; i < _networks.Length; i++)
        {
            if ((address & _masks[i]) == _networks[i])
                return true;
        }
        return AllowsAny;
    }

    /// <summary>Takes <c>192.0.2.0/24</c>, or one address as its own prefix.</summary>
    public static bool TryParse(string text, out IPNetwork prefix)
    {
        string whole = text.Contains('/') ? text : text + "/32";
        return IPNetwork.TryParse(whole, out prefix) && prefix.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
    }
}

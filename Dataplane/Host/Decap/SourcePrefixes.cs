using System.Net;
using System.Net.Sockets;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>Who may send to this server: the cluster's nodes. A handful of prefixes, so a loop over them is the fastest table.</summary>
internal sealed class SourcePrefixes
{
    private readonly (bool IsIpv6, UInt128 Network, UInt128 Mask)[] _prefixes;

    /// <param name="prefixes">None: every source is allowed.</param>
    public SourcePrefixes(IReadOnlyList<IPNetwork> prefixes) => _prefixes = [.. prefixes.Select(EntryOf)];

    public bool Allows(OuterSource source)
    {
        foreach ((bool isIpv6, UInt128 network, UInt128 mask) in _prefixes)
        {
            if (isIpv6 == source.IsIpv6 && (source.Address & mask) == network) return true;
        }

        return _prefixes.Length == 0;
    }

    private static (bool IsIpv6, UInt128 Network, UInt128 Mask) EntryOf(IPNetwork prefix)
    {
        byte[] address = prefix.BaseAddress.GetAddressBytes();
        bool isIpv6 = prefix.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        OuterSource network = isIpv6 ? OuterSource.Ipv6(address) : OuterSource.Ipv4(address);
        int hostBits = (address.Length * 8) - prefix.PrefixLength;
        // The shift is taken modulo 128, so a prefix of length 0 needs its own answer.
        UInt128 mask = hostBits == 128 ? UInt128.Zero : UInt128.MaxValue << hostBits;
        return (isIpv6, network.Address, mask);
    }
}

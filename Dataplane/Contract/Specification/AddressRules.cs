using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Specification;

/// <summary>Which addresses can be VIPs and which can be backends.</summary>
internal static class AddressRules
{
    // IPv4-compatible addresses, which nobody uses any more (RFC 4291 section 2.5.5.1), with the unspecified one and loopback among them.
    private static readonly IPNetwork Nowhere = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Mapped = IPNetwork.Parse("::ffff:0:0/96");
    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("fe80::/10");
    private static readonly IPNetwork Multicast = IPNetwork.Parse("ff00::/8");

    // A prefix of length 0 is the catch-all for what routers encapsulate; plain packets never match it, or the host would lose its own traffic.
    public static string? VipProblem(IPNetwork vip)
    {
        if (vip.PrefixLength == 0) return null;
        string text = AddressText.Format(vip);
        if (vip.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            return vip.BaseAddress.GetAddressBytes()[0] is 0 or 127 or >= 224 ? NotReachable(text) : null;
        if (vip.BaseAddress.IsIPv4MappedToIPv6 && vip.PrefixLength >= Mapped.PrefixLength)
            return $"vip {text} is IPv4: write {AddressText.Format(new IPNetwork(vip.BaseAddress.MapToIPv4(), vip.PrefixLength - Mapped.PrefixLength))}";
        IPNetwork[] unreachable = [Nowhere, Mapped, LinkLocal, Multicast];
        return unreachable.Any(other => Overlap(vip, other)) ? NotReachable(text) : null;
    }

    public static string? BackendProblem(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return $"address {address} is IPv4: write {address.MapToIPv4()}";
        if (address.IsIPv6LinkLocal) return $"address {address} is link-local, which does not say on which link; a global or unique local one does";
        return IsOneHost(address) ? null : $"address {address} is not the address of one server";
    }

    /// <summary>One host's, wherever it is asked.</summary>
    public static bool IsOneHost(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return !address.Equals(IPAddress.Any) && address.GetAddressBytes()[0] < 224;
        IPNetwork[] others = [Nowhere, Mapped, LinkLocal, Multicast];
        return !others.Any(other => Overlap(new IPNetwork(address, 128), other));
    }

    // By our own keys: the platform's IPNetwork compares mapped addresses as IPv4.
    private static bool Overlap(IPNetwork a, IPNetwork b) =>
        IpKey.From(a.BaseAddress).SharesPrefix(IpKey.From(b.BaseAddress), Math.Min(a.PrefixLength, b.PrefixLength));

    private static string NotReachable(string vip) => $"vip {vip} is not an address that clients can reach";
}

using System.Globalization;
using System.Net;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Tun;

/// <summary>What the kernel has to be told about the device by which packets come in again; it goes with the device.</summary>
internal static class EntrySettings
{
    private const uint PlaceholderAddress = 0x7FFFFFFE; // 127.255.255.254

    public static void Apply(string name)
    {
        AcceptForeignSources(name);
        NeverForward(name);
        AddAddress(name);
        // Nobody beyond this device is a router, a balancer's client least of all.
        foreach (string setting in (string[])["accept_ra", "accept_redirects"]) TryWrite($"/proc/sys/net/ipv6/conf/{name}/{setting}", "0");
    }

    // The packets' sources are reached through another device, so the strict check (1) would drop them all. The kernel takes the larger of
    // the device's and the general value: loose (2) overrides a general 1, and where there is no check there need be none here.
    // accept_local is not needed: no packet of the host's own comes back this way. IPv6 has no such check.
    private static void AcceptForeignSources(string name)
    {
        try
        {
            int general = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/conf/all/rp_filter").Trim(), CultureInfo.InvariantCulture);
            TryWrite($"/proc/sys/net/ipv4/conf/{name}/rp_filter", general == 0 ? "0" : "2");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            _ = e;
        }
    }

    // What comes in here is for this host or for nobody. Silent, but not enough: switching forwarding on for all devices later overrides it, and
    // IPv6 heeds the setting for all devices alone.
    private static void NeverForward(string name)
    {
        try
        {
            File.WriteAllText($"/proc/sys/net/ipv4/conf/{name}/forwarding", "0");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PortException($"/proc/sys/net/ipv4/conf/{name}/forwarding: {e.Message}");
        }
    }

    // Even the loose check drops everything on a device without any address. A loopback address of host scope is never a source, never
    // announced, and taken from outside by nobody.
    private static void AddAddress(string name)
    {
        using NetDevice device = NetDevice.Find(name);
        NetlinkRequest request = NetlinkRequest.Create(
            NetlinkAbi.RTM_NEWADDR,
            NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE,
            new ifaddrmsg { ifa_family = Libc.AF_INET, ifa_prefixlen = 32, ifa_scope = NetlinkAbi.RT_SCOPE_HOST, ifa_index = (uint)device.Index });
        uint address = (uint)IPAddress.HostToNetworkOrder(unchecked((int)PlaceholderAddress));
        request.Add(NetlinkAbi.IFA_LOCAL, address);
        request.Add(NetlinkAbi.IFA_ADDRESS, address);
        (int errno, _) = NetlinkRequest.ReadError(request.Exchange());
        if (errno != 0) throw new NativeException($"rtnetlink(RTM_NEWADDR, {name})", errno);
    }

    // Where /proc/sys is read-only the default stays, and where there is no IPv6 there is nothing to set.
    private static void TryWrite(string setting, string value)
    {
        try
        {
            File.WriteAllText(setting, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ = e;
        }
    }
}

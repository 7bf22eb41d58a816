using System.Globalization;
using System.Net;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Tun;

/// <summary>Makes the host take packets from a TUN device although it reaches their senders through another: the source check would drop them all.</summary>
internal static class ForeignSources
{
    private const uint PlaceholderAddress = 0x7FFFFFFE; // 127.255.255.254

    /// <exception cref="NativeException">The device gets no address.</exception>
    public static void Accept(string tun)
    {
        LoosenCheck(tun);
        AddAddress(tun);
    }

    // The kernel takes the larger of the device's and the general value: loose (2) overrides a general strict one (1), and where there is no
    // check there need be none here. accept_local is not needed: no packet of the host's own comes back this way. Where /proc/sys is
    // read-only the default stays.
    private static void LoosenCheck(string tun)
    {
        try
        {
            int general = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/conf/all/rp_filter").Trim(), CultureInfo.InvariantCulture);
            File.WriteAllText($"/proc/sys/net/ipv4/conf/{tun}/rp_filter", general == 0 ? "0" : "2");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            _ = e;
        }
    }

    // Even the loose check drops everything on a device without any address. A loopback address of host scope is never a source, never
    // announced, and taken from outside by nobody. A device that outlived its last user has it already.
    private static void AddAddress(string tun)
    {
        using NetDevice device = NetDevice.Find(tun);
        NetlinkRequest request = NetlinkRequest.Create(
            NetlinkAbi.RTM_NEWADDR,
            NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE,
            new ifaddrmsg { ifa_family = Libc.AF_INET, ifa_prefixlen = 32, ifa_scope = NetlinkAbi.RT_SCOPE_HOST, ifa_index = (uint)device.Index });
        uint address = (uint)IPAddress.HostToNetworkOrder(unchecked((int)PlaceholderAddress));
        request.Add(NetlinkAbi.IFA_LOCAL, address);
        request.Add(NetlinkAbi.IFA_ADDRESS, address);
        (int errno, _) = NetlinkRequest.ReadError(request.Exchange());
        if (errno is not (0 or Errno.EEXIST)) throw new NativeException($"rtnetlink(RTM_NEWADDR, {tun})", errno);
    }
}

using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>The device's own count of what left by it and what it did not take (its queue was full).</summary>
internal readonly unsafe record struct DeviceCounts(long Sent, long Refused)
{
    // rtnl_link_stats64: the second and the eighth number.
    private const int SentAt = 1, RefusedAt = 7;

    public static DeviceCounts Read(int deviceIndex)
    {
        ReadOnlySpan<byte> answer = NetlinkRequest.Create(NetlinkAbi.RTM_GETLINK, 0, new ifinfomsg { ifi_index = deviceIndex }).Exchange();
        if (MemoryMarshal.Read<nlmsghdr>(answer).nlmsg_type == NetlinkAbi.NLMSG_ERROR
            || !NetlinkRequest.TryFind(answer[(sizeof(nlmsghdr) + sizeof(ifinfomsg))..], NetlinkAbi.IFLA_STATS64, out ReadOnlySpan<byte> bytes)) return default;
        ReadOnlySpan<long> numbers = MemoryMarshal.Cast<byte, long>(bytes);
        return new DeviceCounts(numbers[SentAt], numbers[RefusedAt]);
    }
}

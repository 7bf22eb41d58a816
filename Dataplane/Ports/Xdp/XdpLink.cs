using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.NetlinkAbi;

namespace RustyRail.Dataplane.Ports.Xdp;

internal enum XdpMode
{
    Native, Generic, Offloaded,
}

/// <summary>What is attached to a link. Id 0: nothing.</summary>
internal readonly record struct XdpState(uint ProgramId, XdpMode Mode);

/// <summary>
/// Attaches by rtnetlink, not by a BPF link: such a program stays when its process dies, without a file in a bpffs.
/// Every change names what it replaces, so two owners cannot overwrite each other.
/// </summary>
internal static unsafe class XdpLink
{
    public static XdpState Query(int linkIndex)
    {
        ReadOnlySpan<byte> answer = NetlinkRequest.Create(RTM_GETLINK, 0, new ifinfomsg { ifi_index = linkIndex }).Exchange();
        if (MemoryMarshal.Read<nlmsghdr>(answer).nlmsg_type == NLMSG_ERROR)
            throw new NativeException("rtnetlink(RTM_GETLINK)", NetlinkRequest.ReadError(answer).Errno);

        ReadOnlySpan<byte> attributes = answer[(sizeof(nlmsghdr) + sizeof(ifinfomsg))..];
        if (!NetlinkRequest.TryFind(attributes, IFLA_XDP, out ReadOnlySpan<byte> xdp)) return default;
        if (TryId(xdp, IFLA_XDP_DRV_PROG_ID, out uint id)) return new XdpState(id, XdpMode.Native);
        if (TryId(xdp, IFLA_XDP_SKB_PROG_ID, out id)) return new XdpState(id, XdpMode.Generic);
        return TryId(xdp, IFLA_XDP_HW_PROG_ID, out id) ? new XdpState(id, XdpMode.Offloaded) : default;
    }

    /// <summary>Attaches where nothing is attached. Returns errno (0: done) and the kernel's words.</summary>
    public static (int Errno, string? Words) Attach(int linkIndex, int programFd, XdpMode mode) =>
        Change(linkIndex, programFd, Flag(mode) | XDP_FLAGS_UPDATE_IF_NOEXIST, expectedFd: null);

    /// <summary>In the driver, or else in the stack where nothing is attached.</summary>
    /// <returns>No mode: neither takes it. With a mode the words are why it is not the driver's, or null.</returns>
    public static (XdpMode? Mode, string? Words) AttachBest(int linkIndex, int programFd)
    {
        (int errno, string? words) = Attach(linkIndex, programFd, XdpMode.Native);
        if (errno == 0) return (XdpMode.Native, null);
        string why = Explain("native XDP", errno, words);
        (errno, words) = Attach(linkIndex, programFd, XdpMode.Generic);
        return errno == 0 ? (XdpMode.Generic, why) : (null, $"{why}; {Explain("generic XDP", errno, words)}");
    }

    /// <summary>An answer of the kernel's for people.</summary>
    public static string Explain(string what, int errno, string? words) =>
        words is null ? $"{what} refused: {Errno.Explain(errno)}" : $"{what} refused: {words} ({Errno.Name(errno)})";

    /// <summary>Puts one program in the place of exactly that other one, without a gap.</summary>
    public static (int Errno, string? Words) Replace(int linkIndex, int programFd, int expectedFd, XdpMode mode) =>
        Change(linkIndex, programFd, Flag(mode) | XDP_FLAGS_REPLACE, expectedFd);

    /// <summary>Removes exactly that program.</summary>
    public static (int Errno, string? Words) Detach(int linkIndex, int expectedFd, XdpMode mode) => Replace(linkIndex, -1, expectedFd, mode);

    private static (int Errno, string? Words) Change(int linkIndex, int programFd, uint flags, int? expectedFd)
    {
        NetlinkRequest request = NetlinkRequest.Create(RTM_SETLINK, NLM_F_ACK, new ifinfomsg { ifi_index = linkIndex });
        int xdp = request.Begin(IFLA_XDP);
        request.Add(IFLA_XDP_FD, (uint)programFd);
        request.Add(IFLA_XDP_FLAGS, flags);
        if (expectedFd is int expected) request.Add(IFLA_XDP_EXPECTED_FD, (uint)expected);
        request.End(xdp);
        return NetlinkRequest.ReadError(request.Exchange());
    }

    private static uint Flag(XdpMode mode) => mode == XdpMode.Native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;

    private static bool TryId(ReadOnlySpan<byte> xdp, ushort type, out uint id)
    {
        id = NetlinkRequest.TryFind(xdp, type, out ReadOnlySpan<byte> payload) && payload.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(payload) : 0;
        return id != 0;
    }
}

using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>
/// linux/pkt_sched.h, pkt_cls.h, rtnetlink.h: a BPF program as a filter of a device's ingress. Checked against the C headers by a test.
/// </summary>
internal static class TcAbi
{
    public const ushort RTM_NEWQDISC = 36, RTM_DELQDISC = 37, RTM_NEWTFILTER = 44, RTM_DELTFILTER = 45, RTM_GETTFILTER = 46;
    public const ushort TCA_KIND = 1, TCA_OPTIONS = 2;
    public const ushort TCA_BPF_FD = 6, TCA_BPF_NAME = 7, TCA_BPF_FLAGS = 8, TCA_BPF_ID = 11;
    public const uint TCA_BPF_FLAG_ACT_DIRECT = 1;
    public const uint TC_H_CLSACT = 0xFFFFFFF1, TC_H_MIN_INGRESS = 0xFFF2, TC_H_MIN_EGRESS = 0xFFF3;
    public const int TC_ACT_UNSPEC = -1, TC_ACT_SHOT = 2;
}

[StructLayout(LayoutKind.Sequential)]
internal struct tcmsg
{
    public byte tcm_family;
    public byte tcm__pad1;
    public ushort tcm__pad2;
    public int tcm_ifindex;
    public uint tcm_handle;
    public uint tcm_parent;
    public uint tcm_info; // preference above, protocol in network byte order below
}

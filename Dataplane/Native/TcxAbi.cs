using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>linux/bpf.h since 6.6: programs at a device's ingress, several in a row. Checked by a test where the C headers are that new.</summary>
internal static class TcxAbi
{
    public const uint BPF_TCX_INGRESS = 46;
    public const uint BPF_F_REPLACE = 1 << 2, BPF_F_BEFORE = 1 << 3;
}

// Parts of union bpf_attr.
[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_prog_attach
{
    public uint target_ifindex;
    public uint attach_bpf_fd;
    public uint attach_type;
    public uint attach_flags;
    public uint replace_bpf_fd;
    public uint relative_fd;
    public ulong expected_revision;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_prog_query
{
    public uint target_ifindex;
    public uint attach_type;
    public uint query_flags;
    public uint attach_flags;
    public ulong prog_ids;
    public uint count;
    public uint reserved;
    public ulong prog_attach_flags;
    public ulong link_ids;
    public ulong link_attach_flags;
    public ulong revision;
}

using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>linux/bpf.h: the commands, map types and opcodes that are used here. Checked against the C headers by a test.</summary>
internal static class BpfAbi
{
    public const int BPF_MAP_CREATE = 0, BPF_MAP_LOOKUP_ELEM = 1, BPF_MAP_UPDATE_ELEM = 2, BPF_MAP_DELETE_ELEM = 3, BPF_MAP_GET_NEXT_KEY = 4,
        BPF_PROG_LOAD = 5, BPF_PROG_ATTACH = 8, BPF_PROG_DETACH = 9, BPF_PROG_TEST_RUN = 10, BPF_PROG_GET_FD_BY_ID = 13, BPF_MAP_GET_FD_BY_ID = 14,
        BPF_OBJ_GET_INFO_BY_FD = 15, BPF_PROG_QUERY = 16, BPF_LINK_CREATE = 28;
    public const uint BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_LPM_TRIE = 11, BPF_MAP_TYPE_XSKMAP = 17;
    public const uint BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_PERCPU_ARRAY = 6;
    public const uint BPF_PROG_TYPE_SCHED_CLS = 3, BPF_PROG_TYPE_XDP = 6;
    public const uint BPF_F_NO_PREALLOC = 1;
    public const uint BPF_XDP = 37, BPF_F_TEST_XDP_LIVE_FRAMES = 1 << 1;
    public const int BPF_OBJ_NAME_LEN = 16;
    public const int BPF_FUNC_map_lookup_elem = 1, BPF_FUNC_ktime_get_ns = 5, BPF_FUNC_skb_pull_data = 39, BPF_FUNC_xdp_adjust_head = 44, BPF_FUNC_redirect_map = 51;
    public const byte BPF_PSEUDO_MAP_FD = 1, BPF_PSEUDO_MAP_VALUE = 2;

    // Instruction classes, sizes, modes, operations.
    public const byte BPF_LD = 0x00, BPF_LDX = 0x01, BPF_ST = 0x02, BPF_STX = 0x03, BPF_JMP = 0x05, BPF_ALU64 = 0x07;
    public const byte BPF_W = 0x00, BPF_H = 0x08, BPF_B = 0x10, BPF_DW = 0x18;
    public const byte BPF_IMM = 0x00, BPF_MEM = 0x60;
    public const byte BPF_K = 0x00, BPF_X = 0x08;
    public const byte BPF_ADD = 0x00, BPF_AND = 0x50, BPF_LSH = 0x60, BPF_RSH = 0x70, BPF_MOV = 0xb0;
    public const byte BPF_ALU = 0x04, BPF_SUB = 0x10, BPF_MUL = 0x20, BPF_OR = 0x40, BPF_XOR = 0xa0, BPF_END = 0xd0, BPF_TO_BE = 0x08;
    public const byte BPF_JA = 0x00, BPF_JEQ = 0x10, BPF_JGT = 0x20, BPF_JSET = 0x40, BPF_JNE = 0x50, BPF_JLT = 0xa0, BPF_CALL = 0x80, BPF_EXIT = 0x90;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_insn
{
    public byte code;
    public byte registers; // dst_reg:4, src_reg:4
    public short off;
    public int imm;
}

// bpf_attr is a union; these are its parts by command, each as long as the fields in use.
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_map_create
{
    public uint map_type;
    public uint key_size;
    public uint value_size;
    public uint max_entries;
    public uint map_flags;
    public uint inner_map_fd;
    public uint numa_node;
    public fixed byte map_name[BpfAbi.BPF_OBJ_NAME_LEN];
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_map_elem
{
    public uint map_fd;
    public ulong key;
    public ulong value; // next_key for BPF_MAP_GET_NEXT_KEY
    public ulong flags;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_attr_prog_load
{
    public uint prog_type;
    public uint insn_cnt;
    public ulong insns;
    public ulong license;
    public uint log_level;
    public uint log_size;
    public ulong log_buf;
    public uint kern_version;
    public uint prog_flags;
    public fixed byte prog_name[BpfAbi.BPF_OBJ_NAME_LEN];
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_test
{
    public uint prog_fd;
    public uint retval;
    public uint data_size_in;
    public uint data_size_out;
    public ulong data_in;
    public ulong data_out;
    public uint repeat;
    public uint duration;
    public uint ctx_size_in;
    public uint ctx_size_out;
    public ulong ctx_in;
    public ulong ctx_out;
    public uint flags;
    public uint cpu;
    public uint batch_size;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_link_create
{
    public uint prog_fd;
    public uint target_ifindex;
    public uint attach_type;
    public uint flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_get_id
{
    public uint id;
    public uint next_id;
    public uint open_flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct bpf_attr_info
{
    public uint bpf_fd;
    public uint info_len;
    public ulong info;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_prog_info
{
    public uint type;
    public uint id;
    public fixed byte tag[8];
    public uint jited_prog_len;
    public uint xlated_prog_len;
    public ulong jited_prog_insns;
    public ulong xlated_prog_insns;
    public ulong load_time;
    public uint created_by_uid;
    public uint nr_map_ids;
    public ulong map_ids;
    public fixed byte name[BpfAbi.BPF_OBJ_NAME_LEN];
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct bpf_map_info
{
    public uint type;
    public uint id;
    public uint key_size;
    public uint value_size;
    public uint max_entries;
    public uint map_flags;
    public fixed byte name[BpfAbi.BPF_OBJ_NAME_LEN];
}

[StructLayout(LayoutKind.Sequential)]
internal struct xdp_md
{
    public uint data;
    public uint data_end;
    public uint data_meta;
    public uint ingress_ifindex;
    public uint rx_queue_index;
    public uint egress_ifindex;
}

using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>net/netmap.h, API 14: as much as a port takes. Checked against a given header by a test; what the kernel adds to it is said here.</summary>
internal static unsafe class NetmapAbi
{
    public const string DevicePath = "/dev/netmap";

    public const ushort NETMAP_API = 14;
    public const uint NIOCCTRL = 0xC0586997, NIOCTXSYNC = 0x6994, NIOCRXSYNC = 0x6995;
    public const ushort NETMAP_REQ_REGISTER = 1;
    public const uint NETMAP_REQ_OPT_OFFSETS = 5;
    public const uint NR_REG_ALL_NIC = 1, NR_REG_SW = 2, NR_REG_ONE_NIC = 4, NR_REG_NULL = 7;
    public const ulong NR_EXCLUSIVE = 0x800;
    public const ushort NS_BUF_CHANGED = 1, NS_MOREFRAG = 0x20;
    public const int NETMAP_REQ_IFNAMSIZ = 64;

    /// <summary>Buffers 0 and 1 are the kernel's own; an index below is never a frame's.</summary>
    public const uint FirstBuffer = 2;

    [StructLayout(LayoutKind.Explicit, Size = 88)]
    internal struct nmreq_header
    {
        [FieldOffset(0)] public ushort nr_version;
        [FieldOffset(2)] public ushort nr_reqtype;
        [FieldOffset(4)] public uint nr_reserved;
        [FieldOffset(8)] public fixed byte nr_name[NETMAP_REQ_IFNAMSIZ];
        [FieldOffset(72)] public ulong nr_options;
        [FieldOffset(80)] public ulong nr_body;
    }

    [StructLayout(LayoutKind.Explicit, Size = 56)]
    internal struct nmreq_register
    {
        [FieldOffset(0)] public ulong nr_offset;
        [FieldOffset(8)] public ulong nr_memsize;
        [FieldOffset(16)] public uint nr_tx_slots;
        [FieldOffset(20)] public uint nr_rx_slots;
        [FieldOffset(24)] public ushort nr_tx_rings;
        [FieldOffset(26)] public ushort nr_rx_rings;
        [FieldOffset(28)] public ushort nr_host_tx_rings;
        [FieldOffset(30)] public ushort nr_host_rx_rings;
        [FieldOffset(32)] public ushort nr_mem_id;
        [FieldOffset(34)] public ushort nr_ringid;
        [FieldOffset(36)] public uint nr_mode;
        [FieldOffset(40)] public uint nr_extra_bufs;
        [FieldOffset(48)] public ulong nr_flags;
    }

    [StructLayout(LayoutKind.Explicit, Size = 24)]
    internal struct nmreq_option
    {
        [FieldOffset(0)] public ulong nro_next;
        [FieldOffset(8)] public uint nro_reqtype;
        [FieldOffset(12)] public uint nro_status;
        [FieldOffset(16)] public ulong nro_size;
    }

    /// <summary>Where in its buffer a frame may begin; each slot's <c>ptr</c> then says where it does.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    internal struct nmreq_opt_offsets
    {
        [FieldOffset(0)] public nmreq_option nro_opt;
        [FieldOffset(24)] public ulong nro_max_offset;
        [FieldOffset(32)] public ulong nro_initial_offset;
        [FieldOffset(40)] public uint nro_offset_bits;
        [FieldOffset(44)] public uint nro_tx_align;
        [FieldOffset(48)] public ulong nro_min_gap;
    }

    /// <summary>
    /// Behind it, at <see cref="RingOffsetsAt"/>: an offset from here to each ring; NIC tx, host tx, NIC rx, host rx. 0: not bound to this
    /// descriptor.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = RingOffsetsAt)]
    internal struct netmap_if
    {
        public const int RingOffsetsAt = 56;

        [FieldOffset(0)] public fixed byte ni_name[16];
        [FieldOffset(16)] public uint ni_version;
        [FieldOffset(20)] public uint ni_flags;
        [FieldOffset(24)] public uint ni_tx_rings;
        [FieldOffset(28)] public uint ni_rx_rings;
        [FieldOffset(32)] public uint ni_bufs_head;
        [FieldOffset(36)] public uint ni_host_tx_rings;
        [FieldOffset(40)] public uint ni_host_rx_rings;
    }

    /// <summary>The program's slots are [head, tail). The kernel reads head and cur and writes tail only inside a call on the descriptor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = SlotsAt)]
    internal struct netmap_ring
    {
        public const int SlotsAt = 256;

        [FieldOffset(0)] public long buf_ofs;
        [FieldOffset(8)] public uint num_slots;
        [FieldOffset(12)] public uint nr_buf_size;
        [FieldOffset(16)] public ushort ringid;
        [FieldOffset(18)] public ushort dir;
        [FieldOffset(20)] public uint head;
        [FieldOffset(24)] public uint cur;
        [FieldOffset(28)] public uint tail;
        [FieldOffset(32)] public uint flags;
        [FieldOffset(56)] public ulong offset_mask;
        [FieldOffset(64)] public ulong buf_align;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct netmap_slot
    {
        [FieldOffset(0)] public uint buf_idx;
        [FieldOffset(4)] public ushort len;
        [FieldOffset(6)] public ushort flags;
        [FieldOffset(8)] public ulong ptr;
    }
}

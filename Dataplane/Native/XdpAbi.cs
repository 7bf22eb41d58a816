using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>linux/if_xdp.h. Checked against the C headers by a test.</summary>
internal static class XdpAbi
{
    public const int SOL_XDP = 283;
    public const ushort XDP_COPY = 1 << 1, XDP_ZEROCOPY = 1 << 2, XDP_USE_NEED_WAKEUP = 1 << 3;
    public const int XDP_MMAP_OFFSETS = 1, XDP_RX_RING = 2, XDP_TX_RING = 3, XDP_UMEM_REG = 4, XDP_UMEM_FILL_RING = 5, XDP_UMEM_COMPLETION_RING = 6,
        XDP_STATISTICS = 7, XDP_OPTIONS = 8;
    public const uint XDP_OPTIONS_ZEROCOPY = 1;
    public const uint XDP_RING_NEED_WAKEUP = 1;
    public const long XDP_PGOFF_RX_RING = 0, XDP_PGOFF_TX_RING = 0x80000000, XDP_UMEM_PGOFF_FILL_RING = 0x100000000,
        XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000;

    /// <summary>Kept free by the kernel before every received frame (linux/bpf.h), besides the headroom that the UMEM asks for.</summary>
    public const int XDP_PACKET_HEADROOM = 256;

    // linux/bpf.h: what a program returns.
    public const int XDP_ABORTED = 0, XDP_DROP = 1, XDP_PASS = 2, XDP_TX = 3, XDP_REDIRECT = 4;
}

[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_xdp
{
    public ushort sxdp_family;
    public ushort sxdp_flags;
    public uint sxdp_ifindex;
    public uint sxdp_queue_id;
    public uint sxdp_shared_umem_fd;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xdp_ring_offset
{
    public ulong producer;
    public ulong consumer;
    public ulong desc;
    public ulong flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xdp_mmap_offsets
{
    public xdp_ring_offset rx;
    public xdp_ring_offset tx;
    public xdp_ring_offset fr;
    public xdp_ring_offset cr;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xdp_umem_reg
{
    public ulong addr;
    public ulong len;
    public uint chunk_size;
    public uint headroom;
    public uint flags;
    public uint tx_metadata_len; // padding in older headers: must be zero
}

[StructLayout(LayoutKind.Sequential)]
internal struct xdp_statistics
{
    public ulong rx_dropped;
    public ulong rx_invalid_descs;
    public ulong tx_invalid_descs;
    public ulong rx_ring_full;
    public ulong rx_fill_ring_empty_descs;
    public ulong tx_ring_empty_descs;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xdp_desc
{
    public ulong addr;
    public uint len;
    public uint options;
}

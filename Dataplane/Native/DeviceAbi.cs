using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>net/if.h, linux/if_tun.h, linux/ethtool.h: device requests by ioctl. Checked against the C headers by a test.</summary>
internal static class DeviceAbi
{
    public const int IFNAMSIZ = 16;
    public const uint SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914, SIOCGIFMTU = 0x8921, SIOCGIFHWADDR = 0x8927, SIOCETHTOOL = 0x8946;
    public const short IFF_UP = 1, IFF_RUNNING = 0x40;
    public const ushort ARPHRD_ETHER = 1;
    public const uint TUNSETIFF = 0x400454ca;
    public const short IFF_TUN = 1, IFF_NO_PI = 0x1000, IFF_TUN_EXCL = unchecked((short)0x8000);
    public const uint ETHTOOL_GCHANNELS = 0x3c;
}

/// <summary>The union member depends on the request; only those in use are here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct ifreq
{
    [FieldOffset(0)] public fixed byte ifr_name[DeviceAbi.IFNAMSIZ];
    [FieldOffset(16)] public short ifr_flags;
    [FieldOffset(16)] public int ifr_mtu;
    [FieldOffset(16)] public ushort ifr_hwaddr_family;
    [FieldOffset(18)] public fixed byte ifr_hwaddr_data[14];
    [FieldOffset(16)] public void* ifr_data;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ethtool_channels
{
    public uint cmd;
    public uint max_rx;
    public uint max_tx;
    public uint max_other;
    public uint max_combined;
    public uint rx_count;
    public uint tx_count;
    public uint other_count;
    public uint combined_count;
}

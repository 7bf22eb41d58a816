using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>linux/ethtool.h: a device's features by name. The arrays lie right behind their headers. Checked against the C header by a test.</summary>
internal static class EthtoolAbi
{
    public const uint ETHTOOL_GSTRINGS = 0x1b, ETHTOOL_GSSET_INFO = 0x37, ETHTOOL_GFEATURES = 0x3a, ETHTOOL_SFEATURES = 0x3b;
    public const uint ETH_SS_FEATURES = 4;
    public const int ETH_GSTRING_LEN = 32;
}

/// <summary>Behind it one 32-bit count per bit of the mask.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ethtool_sset_info
{
    public uint cmd;
    public uint reserved;
    public ulong sset_mask;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ethtool_gstrings
{
    public uint cmd;
    public uint string_set;
    public uint len;
}

/// <summary>Of <c>ethtool_gfeatures</c> and <c>ethtool_sfeatures</c> alike; behind it blocks of 32 features.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ethtool_gfeatures
{
    public uint cmd;
    public uint size;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ethtool_get_features_block
{
    public uint available;
    public uint requested;
    public uint active;
    public uint never_changed;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ethtool_set_features_block
{
    public uint valid;
    public uint requested;
}

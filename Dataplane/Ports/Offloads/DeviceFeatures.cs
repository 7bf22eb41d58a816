using System.Runtime.InteropServices;
using System.Text;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Offloads;

/// <summary>A network device's features (<c>ethtool -k</c>) by their names in the kernel, read and switched by ioctl.</summary>
internal sealed unsafe class DeviceFeatures(NetDevice device)
{
    private const int FeaturesPerBlock = 32;

    private readonly string[] _names = ReadNames(device);

    /// <summary>Those that can be changed and that somebody has asked for; whether all of them work at the moment is the driver's matter.</summary>
    public IEnumerable<string> Requested()
    {
        List<string> names = [];
        foreach ((string name, ethtool_get_features_block block, uint bit) in Each(Read()))
        {
            if ((block.available & block.requested & bit) != 0) names.Add(name);
        }

        return names;
    }

    public IEnumerable<string> Active()
    {
        List<string> names = [];
        foreach ((string name, ethtool_get_features_block block, uint bit) in Each(Read()))
        {
            if ((block.active & bit) != 0) names.Add(name);
        }

        return names;
    }

    /// <summary>Names that the device does not have, or cannot change, are left out.</summary>
    public void Switch(HashSet<string> names, bool on)
    {
        ethtool_get_features_block[] blocks = Read();
        byte[] request = new byte[sizeof(ethtool_gfeatures) + (blocks.Length * sizeof(ethtool_set_features_block))];
        Span<ethtool_set_features_block> wanted = MemoryMarshal.Cast<byte, ethtool_set_features_block>(request.AsSpan(sizeof(ethtool_gfeatures)));
        bool isAny = false;
        for (int i = 0; i < _names.Length; i++)
        {
            (int block, uint bit) = (i / FeaturesPerBlock, 1u << (i % FeaturesPerBlock));
            if (!names.Contains(_names[i]) || (blocks[block].available & bit) == 0) continue;
            wanted[block].valid |= bit;
            if (on) wanted[block].requested |= bit;
            isAny = true;
        }

        if (!isAny) return;
        MemoryMarshal.Write(request, new ethtool_gfeatures { cmd = EthtoolAbi.ETHTOOL_SFEATURES, size = (uint)blocks.Length });
        Ask(device, request, nameof(EthtoolAbi.ETHTOOL_SFEATURES));
    }

    private ethtool_get_features_block[] Read()
    {
        int blocks = (_names.Length + FeaturesPerBlock - 1) / FeaturesPerBlock;
        byte[] request = new byte[sizeof(ethtool_gfeatures) + (blocks * sizeof(ethtool_get_features_block))];
        MemoryMarshal.Write(request, new ethtool_gfeatures { cmd = EthtoolAbi.ETHTOOL_GFEATURES, size = (uint)blocks });
        Ask(device, request, nameof(EthtoolAbi.ETHTOOL_GFEATURES));
        return MemoryMarshal.Cast<byte, ethtool_get_features_block>(request.AsSpan(sizeof(ethtool_gfeatures))).ToArray();
    }

    private IEnumerable<(string Name, ethtool_get_features_block Block, uint Bit)> Each(ethtool_get_features_block[] blocks)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_names[i].Length > 0) yield return (_names[i], blocks[i / FeaturesPerBlock], 1u << (i % FeaturesPerBlock));
        }
    }

    private static string[] ReadNames(NetDevice device)
    {
        byte[] counts = new byte[sizeof(ethtool_sset_info) + sizeof(uint)];
        MemoryMarshal.Write(counts, new ethtool_sset_info { cmd = EthtoolAbi.ETHTOOL_GSSET_INFO, sset_mask = 1ul << (int)EthtoolAbi.ETH_SS_FEATURES });
        Ask(device, counts, nameof(EthtoolAbi.ETHTOOL_GSSET_INFO));
        int count = MemoryMarshal.Read<int>(counts.AsSpan(sizeof(ethtool_sset_info)));
        byte[] strings = new byte[sizeof(ethtool_gstrings) + (count * EthtoolAbi.ETH_GSTRING_LEN)];
        MemoryMarshal.Write(strings, new ethtool_gstrings { cmd = EthtoolAbi.ETHTOOL_GSTRINGS, string_set = EthtoolAbi.ETH_SS_FEATURES, len = (uint)count });
        Ask(device, strings, nameof(EthtoolAbi.ETHTOOL_GSTRINGS));
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> name = strings.AsSpan(sizeof(ethtool_gstrings) + (i * EthtoolAbi.ETH_GSTRING_LEN), EthtoolAbi.ETH_GSTRING_LEN);
            names[i] = Encoding.ASCII.GetString(name[..Math.Max(0, name.IndexOf((byte)0))]);
        }

        return names;
    }

    private static void Ask(NetDevice device, byte[] request, string what)
    {
        fixed (byte* bytes = request) device.Ethtool(bytes, what);
    }
}

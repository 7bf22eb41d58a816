using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>What program and process share. The kernel keeps them with the program, so a successor goes on with them.</summary>
/// <param name="Sources">Trie of prefixes that may send.</param>
/// <param name="Addresses">The host's own: what is sent to another host through this one is not taken apart.</param>
/// <param name="Settings">One value, see <see cref="DecapSettings"/>.</param>
/// <param name="Counts">One value a processor: a 64-bit count for each <see cref="DecapReason"/>.</param>
internal sealed record DecapMaps(BpfMap Sources, BpfMap Addresses, BpfMap Settings, BpfMap Counts) : IDisposable
{
    public const int CountBytes = 256;

    private const uint MaxSources = 1024, MaxAddresses = 8192;

    /// <summary>In the order of the record's members.</summary>
    public static BpfMapShape[] Shapes { get; } =
    [
        new("rr_dc_sources", BpfAbi.BPF_MAP_TYPE_LPM_TRIE, AddressKey.Bytes, sizeof(uint), MaxSources, BpfAbi.BPF_F_NO_PREALLOC),
        new("rr_dc_addresses", BpfAbi.BPF_MAP_TYPE_HASH, AddressKey.Bytes - AddressKey.LengthBytes, sizeof(uint), MaxAddresses, BpfAbi.BPF_F_NO_PREALLOC),
        new("rr_dc_settings", BpfAbi.BPF_MAP_TYPE_ARRAY, sizeof(uint), DecapSettings.Bytes, 1),
        new("rr_dc_counts", BpfAbi.BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint), CountBytes, 1),
    ];

    /// <summary>From maps in the order of <see cref="Shapes"/>; they belong to the result.</summary>
    public static DecapMaps Of(IReadOnlyList<BpfMap> maps) => new(maps[0], maps[1], maps[2], maps[3]);

    /// <param name="mac">The device's, in the low bytes as they lie in a frame.</param>
    public void Write(DecapSettings settings, ulong mac) => Settings.Update(new byte[sizeof(uint)], settings.Write(mac));

    public void Dispose()
    {
        foreach (BpfMap map in (BpfMap[])[Sources, Addresses, Settings, Counts]) map.Dispose();
    }
}

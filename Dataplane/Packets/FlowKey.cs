using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Packets;

/// <summary>
/// What makes IPv4 packets one flow, in two words as a <see cref="FlowEntry"/> has them. Addresses and ports in packet order. Packets without
/// ports put their protocol's number where the ports are; flows by address put their service there, behind a marker that no port pair of
/// <see cref="FlowClass.Other"/> uses.
/// </summary>
/// <param name="addresses">Source in the low, destination in the high half.</param>
internal readonly struct FlowKey(ulong addresses, uint ports, FlowClass flowClass)
{
    private const int ClassShift = 32 + FlowMeta.BackendBits;

    /// <summary>Those of an entry's second word that belong to the key.</summary>
    public const ulong RestMask = uint.MaxValue | ((ulong)FlowMeta.ClassMask << 32);

    /// <summary>Source in the low, destination in the high half.</summary>
    public readonly ulong Addresses = addresses;

    /// <summary>Ports in the low half, the class where an entry has it.</summary>
    public readonly ulong Rest = ports | ((ulong)flowClass << ClassShift);

    public uint Source => (uint)Addresses;

    public uint Destination => (uint)(Addresses >> 32);

    public uint Ports => (uint)Rest;

    public FlowClass Class => (FlowClass)(Rest >> ClassShift);

    /// <param name="slot">Of the service.</param>
    /// <param name="flowClass">See <see cref="ClassOf"/>.</param>
    public static FlowKey For(in ServiceRecord service, int slot, uint source, uint destination, uint ports, byte protocol, FlowClass flowClass) => (Affinity)service.Affinity switch
    {
        Affinity.Source => new FlowKey(source, FlowEntry.ByAddress | (uint)slot, FlowClass.Other),
        Affinity.Addresses => new FlowKey(Pair(source, destination), FlowEntry.ByAddress | (uint)slot, FlowClass.Other),
        _ => new FlowKey(Pair(source, destination), flowClass == FlowClass.Other ? protocol : ports, flowClass),
    };

    /// <summary>Of a flow by address the service's name stands for its slot: that is a node's own affair, and all nodes must hash alike.</summary>
    public ulong Hash<THash>(THash hash, in ServiceRecord service)
        where THash : struct, IFlowHash =>
        hash.Of(Addresses, (IsByAddress(service) ? FlowEntry.ByAddress | service.NameHash : Ports) | ((ulong)Class << 32));

    public static bool IsByAddress(in ServiceRecord service) => (Affinity)service.Affinity is Affinity.Source or Affinity.Addresses;

    /// <summary>Of a packet by its five-tuple; a fragment that shows no ports is no TCP or UDP flow's.</summary>
    public static FlowClass ClassOf(byte protocol, bool hasPorts) => protocol switch
    {
        IpProtocol.Tcp when hasPorts => FlowClass.Tcp,
        IpProtocol.Udp when hasPorts => FlowClass.Udp,
        _ => FlowClass.Other,
    };

    private static ulong Pair(uint source, uint destination) => source | ((ulong)destination << 32);
}

using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Packets;

/// <summary>
/// What makes packets one flow. Addresses and ports in packet order. Protocols without ports put their number where the ports are;
/// flows by address put their service there, behind a marker that no port pair of <see cref="FlowClass.Other"/> uses.
/// </summary>
internal struct FlowKey
{
    /// <summary>Source in the low, destination in the high half.</summary>
    public ulong Addresses;
    public uint Ports;

    /// <summary>Stands for <see cref="Ports"/> in the hash: a slot is a node's own affair, and all nodes must hash alike.</summary>
    private uint _hashed;

    public FlowClass Class;

    public readonly uint Source => (uint)Addresses;

    public readonly uint Destination => (uint)(Addresses >> 32);

    /// <param name="slot">Of the service.</param>
    /// <param name="ports">0 for protocols without ports.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey For(in ServiceRecord service, int slot, uint source, uint destination, uint ports, byte protocol) => (Affinity)service.Affinity switch
    {
        Affinity.Source => ByAddresses(source, 0, slot, service.NameHash),
        Affinity.Addresses => ByAddresses(source, destination, slot, service.NameHash),
        _ => FiveTuple(source | ((ulong)destination << 32), ports, protocol),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Hash(FlowHash hash) => hash.Of(Addresses, _hashed | ((ulong)Class << 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey FiveTuple(ulong addresses, uint ports, byte protocol) => protocol switch
    {
        IpProtocol.Tcp => Make(addresses, ports, FlowClass.Tcp),
        IpProtocol.Udp => Make(addresses, ports, FlowClass.Udp),
        _ => Make(addresses, protocol, FlowClass.Other),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FlowKey Make(ulong addresses, uint ports, FlowClass flowClass) =>
        new() { Addresses = addresses, Ports = ports, Class = flowClass, _hashed = ports };

    /// <param name="destination">0 for flows by source alone.</param>
    private static FlowKey ByAddresses(uint source, uint destination, int slot, uint nameHash) =>
        new() { Addresses = source | ((ulong)destination << 32), Ports = FlowEntry.ByAddress | (uint)slot, Class = FlowClass.Other, _hashed = FlowEntry.ByAddress | nameHash };
}

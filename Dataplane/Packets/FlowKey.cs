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
    public uint Source, Destination, Ports;
    public FlowClass Class;

    /// <summary>Stands for <see cref="Ports"/> in the hash: a slot is a node's own affair, and all nodes must hash alike.</summary>
    private uint _hashed;

    /// <param name="slot">Of the service.</param>
    /// <param name="ports">0 for protocols without ports.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey For(in ServiceRecord service, int slot, uint source, uint destination, uint ports, byte protocol) => (Affinity)service.Affinity switch
    {
        Affinity.Source => ByAddresses(source, 0, slot, service.NameHash),
        Affinity.Addresses => ByAddresses(source, destination, slot, service.NameHash),
        _ => FiveTuple(source, destination, ports, protocol),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Hash(FlowHash hash) => hash.Of(Source | ((ulong)Destination << 32), _hashed | ((ulong)Class << 32));

    private static FlowKey FiveTuple(uint source, uint destination, uint ports, byte protocol) => protocol switch
    {
        IpProtocol.Tcp => Make(source, destination, ports, FlowClass.Tcp),
        IpProtocol.Udp => Make(source, destination, ports, FlowClass.Udp),
        _ => Make(source, destination, protocol, FlowClass.Other),
    };

    private static FlowKey Make(uint source, uint destination, uint ports, FlowClass flowClass) =>
        new() { Source = source, Destination = destination, Ports = ports, Class = flowClass, _hashed = ports };

    /// <param name="destination">0 for flows by source alone.</param>
    private static FlowKey ByAddresses(uint source, uint destination, int slot, uint nameHash) =>
        new() { Source = source, Destination = destination, Ports = FlowEntry.ByAddress | (uint)slot, Class = FlowClass.Other, _hashed = FlowEntry.ByAddress | nameHash };
}

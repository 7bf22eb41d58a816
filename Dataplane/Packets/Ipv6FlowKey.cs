using System.Runtime.InteropServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Packets;

/// <summary>As <see cref="FlowKey"/>, of IPv6.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct Ipv6FlowKey
{
    public IpKey Source, Destination;
    public uint Ports;
    public FlowClass Class;

    /// <param name="slot">Of the service.</param>
    /// <param name="flowClass">See <see cref="FlowKey.ClassOf"/>.</param>
    public static Ipv6FlowKey For(in ServiceRecord service, int slot, in IpKey source, in IpKey destination, uint ports, byte protocol, FlowClass flowClass) => (Affinity)service.Affinity switch
    {
        Affinity.Source => new() { Source = source, Ports = FlowEntry.ByAddress | (uint)slot, Class = FlowClass.Other },
        Affinity.Addresses => new() { Source = source, Destination = destination, Ports = FlowEntry.ByAddress | (uint)slot, Class = FlowClass.Other },
        _ => new() { Source = source, Destination = destination, Ports = flowClass == FlowClass.Other ? protocol : ports, Class = flowClass },
    };

    /// <summary>See <see cref="FlowKey.Hash"/>.</summary>
    public readonly ulong Hash<THash>(THash hash, in ServiceRecord service)
        where THash : struct, IFlowHash =>
        hash.OfIpv6(Source, Destination, (FlowKey.IsByAddress(service) ? FlowEntry.ByAddress | service.NameHash : Ports) | ((ulong)Class << 32));
}

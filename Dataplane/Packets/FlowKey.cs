using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Packets;

/// <summary>
/// What makes packets one flow. Addresses and ports in packet order. Protocols without ports put their number where the ports are;
/// flows by address put their service there, behind a marker that no port pair of <see cref="FlowClass.Other"/> uses.
/// </summary>
internal struct FlowKey
{
    public const uint ByAddress = 0x0001_0000;

    public uint Source, Destination, Ports;
    public FlowClass Class;

    /// <param name="ports">0 for protocols without ports.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey For(Affinity affinity, uint source, uint destination, uint ports, byte protocol, int service) => affinity switch
    {
        Affinity.Source => Addresses(source, 0, service),
        Affinity.Addresses => Addresses(source, destination, service),
        _ => FiveTuple(source, destination, ports, protocol),
    };

    private static FlowKey FiveTuple(uint source, uint destination, uint ports, byte protocol) => protocol switch
    {
        IpProtocol.Tcp => new() { Source = source, Destination = destination, Ports = ports, Class = FlowClass.Tcp },
        IpProtocol.Udp => new() { Source = source, Destination = destination, Ports = ports, Class = FlowClass.Udp },
        _ => new() { Source = source, Destination = destination, Ports = protocol, Class = FlowClass.Other },
    };

    /// <param name="destination">0 for flows by source alone.</param>
    private static FlowKey Addresses(uint source, uint destination, int service) =>
        new() { Source = source, Destination = destination, Ports = ByAddress | (uint)service, Class = FlowClass.Other };

    /// <summary>The service slot of a flow by address, or -1.</summary>
    public readonly int AddressService => Class == FlowClass.Other && (Ports & ByAddress) != 0 ? (int)(Ports & 0xFFFF) : -1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Hash(FlowHash hash) => hash.Of(Source | ((ulong)Destination << 32), Ports | ((ulong)Class << 32));
}

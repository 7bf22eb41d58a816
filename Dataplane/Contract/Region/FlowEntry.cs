using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>
/// One IPv4 flow in 16 bytes: the exact key and its <see cref="FlowMeta"/>. Four fill a cache line, which is a bucket. Writer: the worker
/// that owns the table; others read it racily, for people.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct FlowEntry
{
    /// <summary>Network byte order, as in the packet.</summary>
    public uint Source, Destination;

    /// <summary>
    /// Source port in the low, destination port in the high half (both in packet order); for protocols without ports the protocol
    /// number; for flows by address the service, see FlowKey.
    /// </summary>
    public uint Ports;

    public FlowMeta Meta;

    /// <summary>In <see cref="Ports"/> of a flow by address, over the service's slot; no port pair of <see cref="FlowClass.Other"/> has it.</summary>
    public const uint ByAddress = 0x0001_0000;

    public readonly int Backend => Meta.Backend;
    public readonly FlowClass Class => Meta.Class;
    public readonly FlowState State => Meta.State;

    /// <summary>Of a flow by address, the service's slot; else -1.</summary>
    public readonly int AddressService => AddressServiceOf(Meta, Ports);

    public static int AddressServiceOf(FlowMeta meta, uint ports) => meta.Class == FlowClass.Other && (ports & ByAddress) != 0 ? (int)(ports & 0xFFFF) : -1;
}

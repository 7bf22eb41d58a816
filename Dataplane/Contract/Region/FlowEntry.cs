using System.Runtime.InteropServices;
using RustyRail.Contract.Hashing;

namespace RustyRail.Contract.Region;

/// <summary>
/// One IPv4 flow in 16 bytes: the exact key and, packed into <see cref="Meta"/>, backend, protocol class, coarse time and state.
/// Four fill a cache line, which is a bucket. Writer: the worker that owns the table; others read it racily, for people.
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

    public uint Meta;

    public const int BackendBits = 14, TimeBits = 12;

    /// <summary>Seconds per step of <see cref="Time"/>: 12 bits wrap after 4.5 hours.</summary>
    public const int TimeUnitSeconds = 4;

    /// <summary>In <see cref="Ports"/> of a flow by address, over the service's slot; no port pair of <see cref="FlowClass.Other"/> has it.</summary>
    public const uint ByAddress = 0x0001_0000;

    public const uint BackendMask = (1u << BackendBits) - 1;
    public const uint ClassMask = 3u << BackendBits;
    public const uint StateAndTimeMask = 0xFFFF_0000;
    public const uint TimeMask = (1u << TimeBits) - 1;

    public readonly int Backend => (int)(Meta & BackendMask);
    public readonly FlowClass Class => (FlowClass)((Meta >> BackendBits) & 3);
    public readonly uint Time => (Meta >> 16) & TimeMask;
    public readonly FlowState State => (FlowState)(Meta >> 28);

    /// <summary>Of a flow by address, the service's slot; else -1.</summary>
    public readonly int AddressService => Class == FlowClass.Other && (Ports & ByAddress) != 0 ? (int)(Ports & 0xFFFF) : -1;

    /// <summary>The flow's hash, the same on every node: of a flow by address the service's name stands for its slot.</summary>
    public readonly ulong Hash(FlowHash hash, uint nameHash) =>
        hash.Of(Source | ((ulong)Destination << 32), (AddressService < 0 ? Ports : ByAddress | nameHash) | ((ulong)Class << 32));

    public static uint PackMeta(int backend, FlowClass flowClass, uint time, FlowState state) =>
        (uint)backend | ((uint)flowClass << BackendBits) | ((time & TimeMask) << 16) | ((uint)state << 28);
}

/// <summary>Part of the key. <see cref="Empty"/> marks a free entry.</summary>
internal enum FlowClass : byte { Empty = 0, Tcp = 1, Udp = 2, Other = 3 }

/// <summary>Decides the idle time-out. TCP's follows the one direction a direct-return balancer sees.</summary>
internal enum FlowState : byte { Opening = 0, Established = 1, Closing = 2 }

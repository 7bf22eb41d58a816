using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Region;

/// <summary>One IPv6 flow in 40 bytes; as <see cref="FlowEntry"/>, with longer addresses.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct Ipv6FlowEntry
{
    public IpKey Source, Destination;

    /// <summary>As in <see cref="FlowEntry.Ports"/>.</summary>
    public uint Ports;

    public FlowMeta Meta;

    public readonly int Backend => Meta.Backend;
    public readonly FlowClass Class => Meta.Class;
    public readonly FlowState State => Meta.State;

    /// <summary>Of a flow by address, the service's slot; else -1.</summary>
    public readonly int AddressService => FlowEntry.AddressServiceOf(Meta, Ports);
}

/// <summary>Two cache lines that come together.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct Ipv6FlowBucket
{
    public const int EntryCount = 3;

    public Entry3 Entries;

    [InlineArray(EntryCount)]
    internal struct Entry3
    {
        private Ipv6FlowEntry _first;
    }
}

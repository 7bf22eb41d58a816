using System.Runtime.InteropServices;

namespace RustyRail.Contract.Snapshots;

/// <summary>First bytes of a snapshot slot.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal unsafe struct SnapshotHeader
{
    public const int DigestBytes = 16;

    /// <summary>The generation this slot holds; written first as 0 and last for real, so that a reader can tell.</summary>
    [FieldOffset(0)] public long Generation;

    /// <summary>Cluster-wide hash key and algorithm: every node must choose alike.</summary>
    [FieldOffset(16)] public ulong HashKey0;
    [FieldOffset(24)] public ulong HashKey1;
    [FieldOffset(32)] public int HashAlgorithm;

    /// <summary>Records in use are below these; everything behind is stale memory.</summary>
    [FieldOffset(36)] public int ServiceSlots;
    [FieldOffset(40)] public int PoolSlots;
    [FieldOffset(44)] public int BackendSlots;
    [FieldOffset(48)] public int Routers;

    /// <summary>Rules of prefix services: a run at the end of the rules, longest prefix first.</summary>
    [FieldOffset(52)] public int FirstPrefixRule;
    [FieldOffset(56)] public int PrefixRules;

    /// <summary>Service slot for every router-made GRE packet with IPv4 inside that no other service matches, or -1; likewise for IPv6.</summary>
    [FieldOffset(60)] public int CatchAllIpv4;
    [FieldOffset(96)] public int CatchAllIpv6;

    /// <summary>Lower-case hexadecimal ASCII.</summary>
    [FieldOffset(64)] public fixed byte SpecDigest[DigestBytes];
    [FieldOffset(80)] public fixed byte TableDigest[DigestBytes];
}

/// <summary>One virtual service, at its slot.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct ServiceRecord
{
    public IpKey Vip;
    public ushort Pool;
    public ushort PortFrom, PortTo;
    public byte PrefixBits;
    public byte Protocol;
    public byte Send;
    public byte Affinity;
    public SlotState State;

    /// <summary>Of the service's name: the same on every node, which its slot is not.</summary>
    public uint NameHash;

    /// <summary>24 bits, in the high three bytes of the word as it lies in a VXLAN or Geneve header.</summary>
    public uint VniRaw;

    /// <summary>Destination then source MAC of the Ethernet header inside VXLAN or Geneve, as they stand in the frame.</summary>
    public fixed byte InnerMacs[12];

    /// <summary>Bytes; 0: SYNs are left as they are.</summary>
    public ushort MssClamp;

    /// <summary>Same pool, same form: for a packet it makes no difference which of both it has.</summary>
    public bool SendsLike(in ServiceRecord other)
    {
        fixed (byte* macs = InnerMacs, others = other.InnerMacs)
        {
            return Pool == other.Pool && Send == other.Send && VniRaw == other.VniRaw && new ReadOnlySpan<byte>(macs, 12).SequenceEqual(new ReadOnlySpan<byte>(others, 12));
        }
    }
}

/// <summary>A pool's table. Position in the list means nothing beyond this snapshot.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct PoolRecord
{
    /// <summary>From the start of the region; the table is that many ushort backend slots.</summary>
    public long TableOffset;
    public int TableSize;

    /// <summary>Backends in the table; 0 = no table: packets count as noBackend.</summary>
    public int TakesNew;
    public int Backends;
}

/// <summary>All that forwarding to one backend needs, in one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct BackendRecord
{
    public IpKey Address;

    /// <summary>Outer source address.</summary>
    public IpKey Source;

    /// <summary>Destination then source MAC, as they stand in the frame.</summary>
    public fixed byte Macs[12];

    /// <summary>Largest outer IP packet, bytes.</summary>
    public ushort MtuBytes;
    public ushort Pool;
    public BackendFlags Flags;

    /// <summary>BackendHealthProtocol.Health, for the next control plane to inherit.</summary>
    public byte Health;
    public SlotState State;

    /// <summary>Generation that first held the slot as <see cref="SlotState.Retired"/>.</summary>
    public long RetiredAt;
}

/// <summary><c>OnLink</c>: the next hop is the backend itself. To a gateway, send l2 must not go: it would send the packet back to the VIP.</summary>
[Flags]
internal enum BackendFlags : byte { None = 0, TakesNew = 1, TakesEstablished = 2, NextHop = 4, OnLink = 8 }

/// <summary>A retired slot keeps its name until no flow table can still name it.</summary>
internal enum SlotState : byte { Free = 0, InUse = 1, Retired = 2 }

/// <summary>Name of a service, pool or backend; UTF-8, zero-padded. Cold: for people and for the next control plane.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct NameRecord
{
    public const int MaxBytes = 63;
    public fixed byte Text[64];
}

/// <summary>Look-up of (VIP, protocol, port) for services with a single address, protocol and port. Open addressing, a power of two slots.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct ExactEntry
{
    public IpKey Vip;

    /// <summary>Packet order.</summary>
    public ushort Port;
    public byte Protocol;
    public SlotState State;
    public int Service;
}

/// <summary>Look-up of a single-address VIP: the run of its rules. Open addressing, a power of two slots.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct VipEntry
{
    /// <summary>None could: a catch-all has it.</summary>
    public const int NoService = -2;

    public IpKey Vip;
    public ushort FirstRule;
    public ushort Rules;
    public SlotState State;

    /// <summary>
    /// Service slot for later fragments of TCP whose first is unknown: all services that could have taken it share pool and send form. Or
    /// -1, or <see cref="NoService"/>; likewise for UDP.
    /// </summary>
    public int FragmentsTcp, FragmentsUdp;
}

/// <summary>A service that is not exact: range or any port, any protocol, or a prefix. Most specific first within a run.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct RuleEntry
{
    public IpKey Vip;
    public int PrefixBits;
    public ushort PortFrom, PortTo;
    public byte Protocol;
    public int Service;
}

/// <summary>A prefix that GRE may come from.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct RouterEntry
{
    public IpKey Address;
    public int PrefixBits;
}

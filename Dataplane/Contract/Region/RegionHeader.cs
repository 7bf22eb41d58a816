using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>The first page. Identity and capacities never change after creation; each line that does has one writer.</summary>
[StructLayout(LayoutKind.Explicit, Size = RegionLayout.PageBytes)]
internal unsafe struct RegionHeader
{
    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint LayoutVersion;
    [FieldOffset(16)] public long TotalBytes;
    [FieldOffset(24)] public int Services;
    [FieldOffset(28)] public int Pools;
    [FieldOffset(32)] public int Backends;
    [FieldOffset(36)] public int Workers;
    [FieldOffset(40)] public int FlowsPerWorker;
    [FieldOffset(44)] public int Exceptions;
    [FieldOffset(48)] public int SamplesPerWorker;
    [FieldOffset(52)] public int Routers;
    [FieldOffset(56)] public long TableArenaBytes;
    [FieldOffset(64)] public int Ipv6FlowsPerWorker;

    /// <summary>Writer: the publisher, one release-store per publication. 0 = nothing published yet. Slot = generation mod slots.</summary>
    [FieldOffset(128)] public long Generation;

    /// <summary>Writer: the control plane. Monotonic milliseconds of its last sign of life, and its pid.</summary>
    [FieldOffset(192)] public long ControlHeartbeat;
    [FieldOffset(200)] public int ControlPid;

    /// <summary>Writer: the control plane. Exceptions in use; 0 spares the workers the look-up.</summary>
    [FieldOffset(256)] public int ExceptionCount;

    /// <summary>Writer: the control plane. See ExceptionWriter.SweptGeneration; 0 = no exceptions were ever written.</summary>
    [FieldOffset(264)] public long ExceptionsSweptGeneration;

    /// <summary>Writer: the dataplane at its start, before its readers run.</summary>
    [FieldOffset(320)] public DataplaneIdentity Dataplane;
}

/// <summary>Who serves the region. Alive is whoever holds the dataplane's lock on the file, not whoever is named here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 768)]
internal unsafe struct DataplaneIdentity
{
    public const int TextBytes = 64, NoteBytes = 512;

    [FieldOffset(0)] public int Pid;
    [FieldOffset(4)] public int Workers;

    /// <summary>Monotonic milliseconds.</summary>
    [FieldOffset(8)] public long StartedAt;

    /// <summary>UTF-8, zero-terminated: "af_xdp (native, copy)" and the like; what "status" prints.</summary>
    [FieldOffset(16)] public fixed byte Port[TextBytes];
    [FieldOffset(80)] public fixed byte Device[TextBytes];

    /// <summary>Why other ports were passed over.</summary>
    [FieldOffset(144)] public fixed byte Note[NoteBytes];
}

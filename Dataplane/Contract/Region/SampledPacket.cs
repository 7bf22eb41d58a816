using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>Start of a worker's ring of samples. Writer: the worker; it overwrites, the reader sees the loss from the numbers.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct SampleRingHeader
{
    /// <summary>Number of the next sample; the slot is that modulo the ring size.</summary>
    public long Next;
}

/// <summary>The first bytes of a packet and what became of it.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal unsafe struct SampledPacket
{
    public const int SnapBytes = 208;

    /// <summary>Negative while being written; readers check it before and after.</summary>
    public long Number;

    /// <summary>Monotonic nanoseconds.</summary>
    public long Time;
    public int Length;
    public int Captured;
    public int Service;
    public int Backend;
    public byte Verdict;
    public byte Reason;
    public fixed byte Bytes[SnapBytes];
}

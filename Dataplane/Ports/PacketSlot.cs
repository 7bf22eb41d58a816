using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Ports;

/// <summary>
/// One frame on loan from a port. Between <see cref="IPort.Receive"/> and the one call that gives it back
/// (<c>Transmit</c> or <c>TryToHost</c> that took it, or <c>Release</c>) the worker owns the bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacketSlot
{
    /// <summary>First byte of the Ethernet header. The worker may move it within head and tail room.</summary>
    public byte* Data;

    /// <summary>Bytes of the frame, without frame check sequence.</summary>
    public int Length;

    /// <summary>Writable bytes before <see cref="Data"/>; encapsulation grows into them.</summary>
    public int Headroom;

    /// <summary>Writable bytes behind the frame.</summary>
    public int Tailroom;

    /// <summary>Bytes of tunnel headers behind the Ethernet header and its VLAN tags that the host must not see; 0 for a frame that it may have as it is.</summary>
    public ushort TunnelBytes;

    /// <summary>
    /// True for a frame that a port's filter keeps from the host, i.e. one that is ours by the rules but that no service takes: only through
    /// the port can it still get there. All others the host has already where the port sees copies (AF_PACKET). Set by the pipeline.
    /// </summary>
    public bool KeptFromHost;

    /// <summary>The port's own name for the buffer (UMEM address, ring slot); the worker leaves it alone.</summary>
    public ulong Cookie;

    /// <summary>A frame that was received, in two stores less than field by field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lend(byte* data, uint length, uint headroom, uint tailroom, ulong cookie)
    {
        Data = data;
        Unsafe.As<int, ulong>(ref Length) = length | ((ulong)headroom << 32);
        Unsafe.As<int, ulong>(ref Tailroom) = tailroom; // and clears what follows
        Cookie = cookie;
    }
}

using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>
/// Which frames are for this port. A bridge that floods shows us frames for other machines; forwarding those would double them. A port has
/// an address all the time or never, so another address, written while a worker reads, changes one word.
/// </summary>
/// <param name="address">Six bytes as they lie in a frame, low byte first; 0 for a port without an address: then all frames are for it.</param>
internal readonly unsafe struct MacFilter(ulong address)
{
    private readonly ulong _address = address, _mask = address == 0 ? 0 : 0xFFFF_FFFF_FFFFUL;

    /// <summary>0 if the frame, of which 8 bytes are readable, is for this port.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Difference(byte* frame) => (Unsafe.ReadUnaligned<ulong>(frame) ^ _address) & _mask;
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Packets;

/// <summary>16 bits as they lie in a packet. <see cref="Raw"/> compares and copies without swapping.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct U16Be
{
    public ushort Raw;

    public ushort Value
    {
        readonly get => BinaryPrimitives.ReverseEndianness(Raw);
        set => Raw = BinaryPrimitives.ReverseEndianness(value);
    }
}

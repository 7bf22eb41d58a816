using System.Buffers.Binary;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>What the program reads of the operator's wishes; it may change while the program runs.</summary>
internal readonly record struct DecapSettings(DecapForms Forms, int GuePort)
{
    public const int Bytes = 16;

    // Offsets in the map's value: the device's MAC address, the port as it lies in a packet, the forms' bits.
    public const short MacAt = 0, GuePortAt = 6, FormsAt = 8;

    /// <param name="mac">In the low bytes, as they lie in a frame.</param>
    public byte[] Write(ulong mac)
    {
        byte[] value = new byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(MacAt), mac);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(GuePortAt), (ushort)GuePort);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(FormsAt), (int)Forms);
        return value;
    }
}

using System.Net;
using System.Text;

namespace RustyRail.Actors.Catalogue.Serialization;

/// <summary>
/// Primitives of the stored and transmitted form: unsigned LEB128 numbers, length-prefixed UTF-8, raw address bytes. Equal values give equal bytes.
/// </summary>
internal sealed class EntryWriter
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public void Byte(byte value) => _bytes.WriteByte(value);

    public void Number(long value)
    {
        ulong rest = checked((ulong)value);
        while (rest >= 0x80)
        {
            _bytes.WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        _bytes.WriteByte((byte)rest);
    }

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public void Address(IPAddress value) => Bytes(value.GetAddressBytes());

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        _bytes.Write(value);
    }
}

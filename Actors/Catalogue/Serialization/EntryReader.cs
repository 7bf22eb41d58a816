using System.Net;
using System.Text;

namespace RustyRail.Actors.Catalogue.Serialization;

/// <summary>The other side of <see cref="EntryWriter"/>. Throws <see cref="FormatException"/> at the first byte that cannot be right.</summary>
internal ref struct EntryReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public long Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return (long)value;
        }

        throw new FormatException("a number is longer than 63 bits");
    }

    /// <summary>A number that counts or measures something that has to fit in memory.</summary>
    public int Count()
    {
        long value = Number();
        return value <= int.MaxValue ? (int)value : throw new FormatException($"{value} is too many");
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public IPAddress Address()
    {
        ReadOnlySpan<byte> address = Bytes();
        return address.Length is 4 or 16 ? new IPAddress(address) : throw new FormatException($"an address has {address.Length} bytes");
    }

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length) throw new FormatException($"{length} bytes wanted, {_rest.Length} left");
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}

using System.Text;

namespace RustyRail.Contract.Maglev;

/// <summary>
/// A backend's preference order over the table (Maglev paper, section 3.4): entry (offset + j * skip) mod M for j = 0, 1, ...
/// Offset and skip are rusty_rail's own, so that tables of the same M agree with it.
/// </summary>
internal readonly record struct Permutation(int Offset, int Skip)
{
    private const byte EndOfString = 0xFF;

    public static Permutation Of(string name, int tableSize)
    {
        SipHash24 hash = new(0, 0);
        hash.Append(Encoding.UTF8.GetBytes(name));
        hash.Append([EndOfString]);
        int offset = (int)(hash.Finish() % (ulong)tableSize);
        hash.Append("differenthash"u8);
        hash.Append([EndOfString]);
        return new(offset, (int)(hash.Finish() % (ulong)(tableSize - 1)) + 1);
    }

    /// <summary>The whole order; for tests and explanations.</summary>
    public IEnumerable<int> Order(int tableSize)
    {
        for (int j = 0; j < tableSize; j++) yield return (int)((Offset + ((long)j * Skip)) % tableSize);
    }
}

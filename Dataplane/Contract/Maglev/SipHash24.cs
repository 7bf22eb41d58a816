using System.Numerics;

namespace RustyRail.Contract.Maglev;

/// <summary>SipHash-2-4 (Aumasson, Bernstein 2012) as a running state, so that a prefix can be hashed once and continued.</summary>
internal struct SipHash24
{
    private ulong _v0, _v1, _v2, _v3, _tail;
    private int _length;

    public SipHash24(ulong key0, ulong key1)
    {
        _v0 = key0 ^ 0x736f_6d65_7073_6575;
        _v1 = key1 ^ 0x646f_7261_6e64_6f6d;
        _v2 = key0 ^ 0x6c79_6765_6e65_7261;
        _v3 = key1 ^ 0x7465_6462_7974_6573;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            _tail |= (ulong)value << (8 * (_length & 7));
            if ((++_length & 7) != 0) continue;
            Absorb(_tail);
            _tail = 0;
        }
    }

    /// <summary>The hash of all appended so far; the state can go on being appended to.</summary>
    public readonly ulong Finish()
    {
        SipHash24 end = this;
        end.Absorb(_tail | ((ulong)_length << 56));
        end._v2 ^= 0xff;
        for (int i = 0; i < 4; i++) end.Round();
        return end._v0 ^ end._v1 ^ end._v2 ^ end._v3;
    }

    private void Absorb(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        _v0 += _v1;
        _v2 += _v3;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v1;
        _v0 += _v3;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }
}

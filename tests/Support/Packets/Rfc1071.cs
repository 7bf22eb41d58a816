namespace RustyRail.Tests.Support.Packets;

/// <summary>The Internet checksum once more, byte by byte in big-endian words: it shares no line with the code under test.</summary>
public static class Rfc1071
{
    /// <summary>Value for a checksum field that is 0 while summed; 0 when the field is included and right.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes, uint initial = 0)
    {
        uint sum = initial;
        for (int i = 0; i < bytes.Length; i++) sum += (uint)(bytes[i] << (i % 2 == 0 ? 8 : 0));
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}

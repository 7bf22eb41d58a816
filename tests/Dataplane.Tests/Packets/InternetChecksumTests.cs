using RustyRail.Dataplane.Packets;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Packets;

public sealed unsafe class InternetChecksumTests
{
    // RFC 1071 section 3: the sum of these words is 0xDDF2.
    [Fact]
    public void The_example_of_the_RFC() => Assert.Equal(0x220D, Compute([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    [Fact]
    public void It_agrees_with_the_definition_at_every_length()
    {
        Random random = new(1);
        byte[] bytes = new byte[300];
        for (int length = 0; length <= bytes.Length; length++)
        {
            random.NextBytes(bytes);
            if (length % 3 == 0) bytes.AsSpan().Fill(0xFF);
            Assert.Equal(Rfc1071.Of(bytes.AsSpan(0, length)), Compute(bytes[..length]));
        }
    }

    [Fact]
    public void The_longest_packet_does_not_overflow()
    {
        byte[] bytes = new byte[65535];
        bytes.AsSpan().Fill(0xFF);
        Assert.Equal(Rfc1071.Of(bytes), Compute(bytes));
    }

    [Fact]
    public void A_right_header_verifies_and_every_flipped_bit_shows()
    {
        byte[] header = PacketBuilder.Ethernet().Ipv4("192.0.2.1", "10.1.0.1").Build()[14..];
        Assert.True(Verifies(header));
        for (int bit = 0; bit < header.Length * 8; bit++)
        {
            header[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Verifies(header));
            header[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static ushort Compute(byte[] bytes)
    {
        fixed (byte* start = bytes) return new U16Be { Raw = InternetChecksum.Compute(start, bytes.Length) }.Value;
    }

    private static bool Verifies(byte[] bytes)
    {
        fixed (byte* start = bytes) return InternetChecksum.Verify(start, bytes.Length);
    }
}

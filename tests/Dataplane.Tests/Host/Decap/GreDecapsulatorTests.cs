using System.Buffers.Binary;
using System.Net;
using RustyRail.Dataplane.Host.Decap;

namespace Dataplane.Tests.Host.Decap;

public class GreDecapsulatorTests
{
    private readonly GreDecapsulator _decapsulator = new(new SourcePrefixes([IPNetwork.Parse("192.168.137.0/24")]));

    [Fact]
    public void The_inner_packet_comes_out_unchanged_and_without_padding()
    {
        byte[] inner = Inner();
        byte[] packet = [.. Gre(inner), 0, 0, 0, 0, 0, 0];

        Assert.Equal(DecapReason.Delivered, _decapsulator.Decapsulate(packet, out Range range));
        Assert.Equal(inner, packet[range]);
    }

    [Theory]
    [InlineData(0x2000, 4)]
    [InlineData(0x1000, 4)]
    [InlineData(0x3000, 8)]
    public void Key_and_sequence_number_are_stepped_over(int flags, int optionBytes)
    {
        byte[] inner = Inner();
        byte[] packet = Gre(inner, (ushort)flags, new byte[optionBytes]);

        Assert.Equal(DecapReason.Delivered, _decapsulator.Decapsulate(packet, out Range range));
        Assert.Equal(inner, packet[range]);
    }

    [Fact]
    public void A_right_gre_checksum_passes_and_a_wrong_one_is_counted()
    {
        byte[] packet = Gre(Inner(), 0x8000, new byte[4]);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), Checksum(packet.AsSpan(20)));
        Assert.Equal(DecapReason.Delivered, _decapsulator.Decapsulate(packet, out _));

        packet[^1] ^= 1;
        Assert.Equal(DecapReason.BadChecksum, _decapsulator.Decapsulate(packet, out _));
    }

    [Theory]
    [InlineData(0x4000)]
    [InlineData(0x0001)]
    public void Routing_and_other_versions_are_refused(int flags) =>
        Assert.Equal(DecapReason.GreUnsupported, _decapsulator.Decapsulate(Gre(Inner(), (ushort)flags, []), out _));

    [Fact]
    public void Only_ipv4_is_taken_out()
    {
        byte[] packet = Gre(Inner());
        packet[22] = 0x86;
        packet[23] = 0xdd;
        Assert.Equal(DecapReason.GreUnsupported, _decapsulator.Decapsulate(packet, out _));
    }

    [Fact]
    public void A_source_outside_the_prefixes_is_refused()
    {
        byte[] packet = Gre(Inner());
        packet[14] = 138;
        Assert.Equal(DecapReason.SourceNotAllowed, _decapsulator.Decapsulate(packet, out _));
        Assert.Equal(DecapReason.Delivered, new GreDecapsulator(new SourcePrefixes([])).Decapsulate(packet, out _));
    }

    [Fact]
    public void A_wrong_inner_header_is_counted_by_its_reason()
    {
        Assert.Equal(DecapReason.BadChecksum, Change(20 + 4 + 8, 0xee));
        Assert.Equal(DecapReason.BadHeader, Change(20 + 4, 0x44));
        Assert.Equal(DecapReason.BadLength, Change(20 + 4 + 2, 0x7f));
    }

    [Fact]
    public void Every_truncation_ends_in_a_reason()
    {
        byte[] whole = Gre(Inner(), 0xb000, new byte[12]);
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(24), Checksum(whole.AsSpan(20)));
        Assert.Equal(DecapReason.Delivered, _decapsulator.Decapsulate(whole, out _));
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.NotEqual(DecapReason.Delivered, _decapsulator.Decapsulate(cut, out _));
            if (length < 4)
                continue;
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)length);
            Assert.NotEqual(DecapReason.Delivered, _decapsulator.Decapsulate(cut, out _));
        }
    }

    [Fact]
    public void Congestion_on_the_outer_header_reaches_a_capable_inner_one()
    {
        byte[] packet = Gre(Inner(ecn: 2));
        packet[1] |= 3;
        Assert.Equal(DecapReason.Delivered, _decapsulator.Decapsulate(packet, out Range range));
        Assert.Equal(Inner(ecn: 3), packet[range]);

        packet = Gre(Inner(ecn: 0));
        packet[1] |= 3;
        Assert.Equal(DecapReason.CongestionNotCarried, _decapsulator.Decapsulate(packet, out _));
    }

    private DecapReason Change(int at, byte value)
    {
        byte[] packet = Gre(Inner());
        packet[at] = value;
        return _decapsulator.Decapsulate(packet, out _);
    }

    private static byte[] Inner(int ecn = 0)
    {
        byte[] packet = [0x45, (byte)ecn, 0, 25, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 1, 0, 1, 1, 2, 3, 4, 5];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, 20)));
        return packet;
    }

    private static byte[] Gre(byte[] inner, ushort flags = 0, byte[]? options = null)
    {
        byte[] outer = [0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 47, 0, 0, 192, 168, 137, 188, 192, 168, 137, 11];
        byte[] packet = [.. outer, (byte)(flags >> 8), (byte)flags, 0x08, 0, .. options ?? [], .. inner];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, 20)));
        return packet;
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}

using System.Buffers.Binary;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Pcap;

namespace Dataplane.Tests.Ports.Pcap;

public sealed class PcapReaderTests
{
    private const long Time = 1_700_000_000_123_456_789;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_the_writer_wrote_comes_back(bool nanoseconds)
    {
        MemoryStream file = new();
        using (PcapWriter writer = new(file, "x.pcap", nanoseconds))
        {
            writer.Write([1, 2, 3], Time);
            writer.Write([], Time + 1_000_000_000);
        }

        using PcapReader reader = new(new MemoryStream(file.ToArray()), "x.pcap");
        Assert.Equal(nanoseconds, reader.HasNanoseconds);
        Assert.True(reader.TryRead(out PcapFrame frame));
        Assert.Equal([1, 2, 3], frame.Bytes.ToArray());
        Assert.Equal(nanoseconds ? Time : Time / 1000 * 1000, frame.TimestampNanoseconds);
        Assert.True(reader.TryRead(out frame));
        Assert.Equal(0, frame.Bytes.Length);
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData(PcapFormat.MagicMicroseconds, 5_000)]
    [InlineData(PcapFormat.MagicNanoseconds, 5)]
    public void A_big_endian_capture_is_read(uint magic, long expectedNanoseconds)
    {
        byte[] file = BigEndian(magic, [7, 8, 9]);
        using PcapReader reader = new(new MemoryStream(file), "be.pcap");
        Assert.True(reader.TryRead(out PcapFrame frame));
        Assert.Equal([7, 8, 9], frame.Bytes.ToArray());
        Assert.Equal(2_000_000_000 + expectedNanoseconds, frame.TimestampNanoseconds);
    }

    [Theory]
    [InlineData("", "bad.pcap: not a capture file: 0 bytes, its header alone has 24")]
    [InlineData("d4c3b2a1", "bad.pcap: not a capture file: 4 bytes, its header alone has 24")]
    [InlineData("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff", "bad.pcap: a pcapng file; convert it with: editcap -F pcap")]
    [InlineData("112233440200040000000000000000000000040001000000", "bad.pcap: not a capture file: magic 0x44332211")]
    [InlineData("d4c3b2a10300040000000000000000000000040001000000", "bad.pcap: capture format version 3, expected 2")]
    [InlineData("d4c3b2a10200040000000000000000000000040065000000", "bad.pcap: link type 101, expected 1 (Ethernet)")]
    [InlineData("d4c3b2a1020004000000000000000000000004000100000001", "bad.pcap: packet 1 at byte 24: record header cut short after 1 bytes")]
    [InlineData("d4c3b2a102000400000000000000000000000400010000000000000000000000ffffff7f00000000",
        "bad.pcap: packet 1 at byte 24: length 2147483647 is beyond 65600")]
    [InlineData("d4c3b2a1020004000000000000000000000004000100000000000000000000000400000004000000aabb",
        "bad.pcap: packet 1 at byte 24: 4 bytes announced, 2 present")]
    public void A_malformed_file_is_one_clear_error(string hex, string expected)
    {
        PortException e = Assert.Throws<PortException>(() =>
        {
            using PcapReader reader = new(new MemoryStream(Convert.FromHexString(hex)), "bad.pcap");
            while (reader.TryRead(out _))
            {
            }
        });
        Assert.Equal(expected, e.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        PortException e = Assert.Throws<PortException>(() => PcapReader.Open("/nonexistent/in.pcap"));
        Assert.StartsWith("/nonexistent/in.pcap: cannot be read: ", e.Message, StringComparison.Ordinal);
    }

    private static byte[] BigEndian(uint magic, byte[] frame)
    {
        byte[] file = new byte[PcapFormat.FileHeaderBytes + PcapFormat.RecordHeaderBytes + frame.Length];
        BinaryPrimitives.WriteUInt32BigEndian(file, magic);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), 65535);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(20), PcapFormat.LinkTypeEthernet);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(24), 2);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(28), 5);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(32), (uint)frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(36), (uint)frame.Length);
        frame.CopyTo(file, 40);
        return file;
    }
}

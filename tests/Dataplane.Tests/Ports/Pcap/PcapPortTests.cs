using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Pcap;

namespace Dataplane.Tests.Ports.Pcap;

public sealed unsafe class PcapPortTests
{
    [Fact]
    public void Only_transmitted_frames_reach_the_output_with_the_time_stamp_of_their_arrival()
    {
        byte[] input = Capture((1, 10), (2, 20), (3, 30), (4, 40));
        MemoryStream output = new();
        PcapWire wire = new(new PcapReader(new MemoryStream(input), "in"), new PcapWriter(output, "out", nanoseconds: true));
        PcapPort port = new(wire);
        PacketSlot[] batch = new PacketSlot[32];
        Assert.Equal(4, port.Receive(batch));
        Assert.Equal(20, wire.TimestampOf(batch[1]));
        Assert.Equal(40, wire.NowNanoseconds);

        Assert.Equal(1, port.Transmit([batch[3]]));
        Assert.True(port.TryToHost(batch[0]));
        port.Release(batch[1]);
        Assert.Equal(1, port.Transmit([batch[2]]));
        port.Flush();
        Assert.Equal(0, port.Receive(batch));
        Assert.False(port.IsOpen);
        wire.Dispose();

        Assert.Equal((2, 1), (wire.TransmittedFrames, wire.HostFrames));
        Assert.Equal([(4, 40L), (3, 30L)], Records(output.ToArray()));
    }

    [Fact]
    public void A_capture_longer_than_the_pool_passes_through_in_batches()
    {
        (byte, long)[] records = [.. Enumerable.Range(0, 200).Select(i => ((byte)i, (long)i))];
        MemoryStream output = new();
        PcapWire wire = new(new PcapReader(new MemoryStream(Capture(records)), "in"), new PcapWriter(output, "out", nanoseconds: true));
        PcapPort port = new(wire);
        PacketSlot[] batch = new PacketSlot[32];
        while (port.IsOpen)
        {
            int count = port.Receive(batch);
            for (int i = 0; i < count; i++) port.Transmit([batch[i]]);
        }

        wire.Dispose();
        Assert.Equal(records, Records(output.ToArray()));
    }

    [Fact]
    public void The_output_may_not_be_the_input()
    {
        PortException e = Assert.Throws<PortException>(() => PcapWire.Open("/tmp/rrt-a.pcap", "/tmp/../tmp/rrt-a.pcap"));
        Assert.Contains("same file", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Capture(params (byte Value, long Time)[] frames)
    {
        MemoryStream file = new();
        using (PcapWriter writer = new(file, "in", nanoseconds: true))
        {
            foreach ((byte value, long time) in frames) writer.Write([value], time);
        }

        return file.ToArray();
    }

    private static List<(byte, long)> Records(byte[] capture)
    {
        List<(byte, long)> records = [];
        using PcapReader reader = new(new MemoryStream(capture), "out");
        while (reader.TryRead(out PcapFrame frame)) records.Add((frame.Bytes[0], frame.TimestampNanoseconds));
        return records;
    }
}

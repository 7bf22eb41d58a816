using System.Buffers.Binary;
using System.Net;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Host.Generate;

/// <summary>A frame of the generator, taken apart by byte positions of the RFCs and verified on the way: it shares no line with what made it.</summary>
internal sealed record GeneratedFrame(IPAddress Source, int SourcePort, IPAddress Destination, int DestinationPort, int Protocol, IPAddress? OuterSource, IPAddress? OuterDestination, uint Number)
{
    private const int Gre = 47, Tcp = 6;

    public (IPAddress, int) Flow => (Source, SourcePort);

    /// <summary>Null: not one of them (ARP, ICMP).</summary>
    public static GeneratedFrame? Read(ReadOnlySpan<byte> frame)
    {
        int type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        if (type is not (0x0800 or 0x86DD)) return null;
        ReadOnlySpan<byte> packet = frame[14..];
        (int protocol, int length, IPAddress source, IPAddress destination) = Ip(packet);
        IPAddress? outerSource = null, outerDestination = null;
        if (protocol == Gre)
        {
            (outerSource, outerDestination) = (source, destination);
            Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(packet[length..]));
            packet = packet[(length + 4)..];
            (protocol, length, source, destination) = Ip(packet);
        }

        if (protocol is not (Tcp or 17)) return null;
        ReadOnlySpan<byte> segment = packet[length..];
        byte[] pseudo = [.. source.GetAddressBytes(), .. destination.GetAddressBytes(), 0, (byte)protocol, (byte)(segment.Length >> 8), (byte)segment.Length];
        Assert.Equal(0, Rfc1071.Of([.. pseudo, .. segment]));
        if (protocol != Tcp)
        {
            Assert.Equal(segment.Length, BinaryPrimitives.ReadUInt16BigEndian(segment[4..]));
            Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(segment[6..]));
        }

        return new GeneratedFrame(source, BinaryPrimitives.ReadUInt16BigEndian(segment), destination, BinaryPrimitives.ReadUInt16BigEndian(segment[2..]), protocol,
            outerSource, outerDestination, BinaryPrimitives.ReadUInt32LittleEndian(frame[^12..]));
    }

    private static (int Protocol, int Length, IPAddress Source, IPAddress Destination) Ip(ReadOnlySpan<byte> packet)
    {
        if (packet[0] >> 4 == 6)
        {
            Assert.Equal(packet.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
            return (packet[6], 40, new IPAddress(packet[8..24]), new IPAddress(packet[24..40]));
        }

        Assert.Equal(0x45, packet[0]);
        Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        Assert.Equal(0, Rfc1071.Of(packet[..20]));
        return (packet[9], 20, new IPAddress(packet[12..16]), new IPAddress(packet[16..20]));
    }
}

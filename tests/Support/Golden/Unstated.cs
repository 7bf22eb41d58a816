using System.Buffers.Binary;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>
/// What the rules leave open in a frame that leaves: which of several backends, what comes from the flow's hash, a few fields of an answer's own
/// header. Read from the frame that left; with it the expected frame is built and compared byte by byte.
/// </summary>
internal sealed record Unstated(GoldenServer Backend)
{
    private const int LowestFlowPort = 49152;

    private ushort SourcePort { get; init; }
    private byte TypeOfService { get; init; }
    private ushort Identification { get; init; }
    private ushort FragmentField { get; init; }

    /// <summary>20 bits of the first IPv6 header.</summary>
    public uint FlowLabel { get; private init; }

    /// <summary>UDP source port of a tunnel; what is out of range shows as 0.</summary>
    public int FlowPort => SourcePort >= LowestFlowPort ? SourcePort : 0;

    public static Unstated Sample(GoldenServer backend) => new(backend) { SourcePort = 0xD00D, FlowLabel = 0x5A5A5 };

    public static Unstated Of(ReadOnlySpan<byte> frame, GoldenServer backend)
    {
        int ip = 14;
        while (frame.Length >= ip + 4 && U16(frame, ip - 2) is VlanLayer.Customer or VlanLayer.ServiceProvider) ip += 4;
        if (frame.Length < ip + 20) return new(backend);
        if (frame[ip] >> 4 == 6) return OfIpv6(frame[ip..], backend);
        int transport = ip + ((frame[ip] & 15) * 4);
        return new(backend)
        {
            TypeOfService = frame[ip + 1],
            Identification = U16(frame, ip + 4),
            FragmentField = U16(frame, ip + 6),
            SourcePort = frame.Length >= transport + 2 ? U16(frame, transport) : (ushort)0,
        };
    }

    /// <summary>An answer's header: the type of service, the identification and whether it may be fragmented are the node's own affair.</summary>
    public Ipv4Layer Answer(Ipv4Layer ip) => ip with
    {
        TypeOfService = TypeOfService,
        Identification = Identification,
        FragmentField = (ushort)(FragmentField & Ipv4Layer.DontFragment),
    };

    public Ipv6Layer Answer(Ipv6Layer ip) => ip with { TrafficClass = TypeOfService, FlowLabel = FlowLabel };

    private static Unstated OfIpv6(ReadOnlySpan<byte> packet, GoldenServer backend) => new(backend)
    {
        TypeOfService = (byte)(U16(packet, 0) >> 4),
        FlowLabel = BinaryPrimitives.ReadUInt32BigEndian(packet) & 0xFFFFF,
        SourcePort = packet.Length >= Ipv6Layer.Bytes + 2 ? U16(packet, Ipv6Layer.Bytes) : (ushort)0,
    };

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}

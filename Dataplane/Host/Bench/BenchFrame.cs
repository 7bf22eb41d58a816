using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>A smallest TCP packet to the bench's VIP, and where in it the flow's source stands.</summary>
internal sealed unsafe record BenchFrame(byte[] Bytes, int SourceAddressAt, int SourcePortAt)
{
    private const uint Router = 0xFE89_A8C0, Balancer = 0xBC89_A8C0, Client = 0x0100_000A, Vip = 0x0100_010A;
    private const ushort Port80Raw = 0x5000;

    public static BenchFrame Plain() => Build(EthernetHeader.Size, fill: null);

    public static BenchFrame Gre()
    {
        const int InnerAt = EthernetHeader.Size + Ipv4Header.Size + GreHeader.Size;
        return Build(InnerAt, static frame =>
        {
            WriteIpv4(frame + EthernetHeader.Size, Ipv4Header.Size + GreHeader.Size + Ipv4Header.Size + TcpHeader.Size, IpProtocol.Gre, Router, Balancer);
            ((GreHeader*)(frame + EthernetHeader.Size + Ipv4Header.Size))->Protocol.Raw = EtherType.Ipv4Raw;
        });
    }

    public BenchFrame AsSyn()
    {
        byte[] bytes = [.. Bytes];
        fixed (byte* frame = bytes) ((TcpHeader*)(frame + SourcePortAt))->Flags = TcpHeader.Syn;
        return this with { Bytes = bytes };
    }

    private delegate void Fill(byte* frame);

    private static BenchFrame Build(int innerAt, Fill? fill)
    {
        byte[] bytes = new byte[innerAt + Ipv4Header.Size + TcpHeader.Size];
        fixed (byte* frame = bytes)
        {
            ((EthernetHeader*)frame)->EtherType.Raw = EtherType.Ipv4Raw;
            fill?.Invoke(frame);
            WriteIpv4(frame + innerAt, Ipv4Header.Size + TcpHeader.Size, IpProtocol.Tcp, Client, Vip);
            TcpHeader* tcp = (TcpHeader*)(frame + innerAt + Ipv4Header.Size);
            tcp->DestinationPort.Raw = Port80Raw;
            tcp->OffsetAndReserved = 0x50;
            tcp->Flags = TcpHeader.Acknowledge;
        }

        return new BenchFrame(bytes, innerAt + 12, innerAt + Ipv4Header.Size);
    }

    private static void WriteIpv4(byte* at, int total, byte protocol, uint source, uint destination)
    {
        Ipv4Header* ip = (Ipv4Header*)at;
        ip->VersionAndLength = Ipv4Header.WithoutOptions;
        ip->TotalLength.Value = (ushort)total;
        ip->TimeToLive = 64;
        ip->Protocol = protocol;
        ip->Source = source;
        ip->Destination = destination;
        ip->Checksum = InternetChecksum.Compute(at, Ipv4Header.Size);
    }
}

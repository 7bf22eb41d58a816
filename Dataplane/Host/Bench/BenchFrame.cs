using System.Net;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports.Memory;

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

    /// <summary>IPv6 inside, between 2001:db8:: and the bench's IPv6 VIP.</summary>
    public static BenchFrame Ipv6Gre()
    {
        const int GreAt = EthernetHeader.Size + Ipv4Header.Size, InnerAt = GreAt + GreHeader.Size, TcpAt = InnerAt + Ipv6Header.Size;
        byte[] bytes = new byte[TcpAt + TcpHeader.Size];
        fixed (byte* frame = bytes)
        {
            ((EthernetHeader*)frame)->EtherType.Raw = EtherType.Ipv4Raw;
            WriteIpv4(frame + EthernetHeader.Size, bytes.Length - EthernetHeader.Size, IpProtocol.Gre, Router, Balancer);
            ((GreHeader*)(frame + GreAt))->Protocol.Raw = EtherType.Ipv6Raw;
            Ipv6Header* ip = (Ipv6Header*)(frame + InnerAt);
            ip->FirstWordRaw = 0x60;
            ip->PayloadLength.Value = TcpHeader.Size;
            ip->NextHeader = IpProtocol.Tcp;
            ip->HopLimit = 64;
            ip->Source = IpKey.From(IPAddress.Parse("2001:db8::"));
            ip->Destination = IpKey.From(BenchCatalogue.VipIpv6.BaseAddress);
            WriteTcp(frame + TcpAt);
        }

        return new BenchFrame(bytes, TcpAt - Ipv6Header.Size + 20, TcpAt) { IsIpv6 = true };
    }

    /// <summary>The flow's source is the last four bytes of an IPv6 address, which no checksum of its header covers.</summary>
    public bool IsIpv6 { get; private init; }

    public FlowVariation Variation(int flows, uint[]? draws) => new(SourceAddressAt, SourcePortAt, flows, draws) { HasHeaderChecksum = !IsIpv6 };

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
            WriteTcp(frame + innerAt + Ipv4Header.Size);
        }

        return new BenchFrame(bytes, innerAt + 12, innerAt + Ipv4Header.Size);
    }

    private static void WriteTcp(byte* at)
    {
        TcpHeader* tcp = (TcpHeader*)at;
        tcp->DestinationPort.Raw = Port80Raw;
        tcp->OffsetAndReserved = 0x50;
        tcp->Flags = TcpHeader.Acknowledge;
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

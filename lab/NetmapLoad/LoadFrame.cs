using System.Buffers.Binary;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Lab.NetmapLoad;

/// <summary>
/// Numbered TCP packets to 10.1.0.1 port 80, plain or in router-made GRE, spread over flows; and what a balancer must have made of each.
/// </summary>
internal sealed unsafe class LoadFrame
{
    private const uint Router = 0xFE89_A8C0, Balancer = 0xBC89_A8C0, Vip = 0x0100_010A;
    private const ushort Port80Raw = 0x5000, DontFragmentRaw = 0x0040;
    private const int GreBytes = Ipv4Header.Size + GreHeader.Size, InnerHeaders = Ipv4Header.Size + TcpHeader.Size;

    private readonly byte[] _template;
    private readonly int _innerAt;
    private readonly int _flows;
    private readonly uint[] _backendOfFlow;

    /// <param name="payload">Bytes behind the TCP header, 8 of them for the number.</param>
    public LoadFrame(bool gre, int flows, int payload)
    {
        IsGre = gre;
        _flows = flows;
        _backendOfFlow = new uint[flows];
        _innerAt = EthernetHeader.Size + (gre ? GreBytes : 0);
        _template = new byte[_innerAt + InnerHeaders + Math.Max(payload, 8)];
        fixed (byte* frame = _template)
        {
            ReadOnlySpan<byte> macs = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
            macs.CopyTo(_template);
            ((EthernetHeader*)frame)->EtherType.Raw = EtherType.Ipv4Raw;
            if (gre)
            {
                WriteIpv4(frame + EthernetHeader.Size, _template.Length - EthernetHeader.Size, IpProtocol.Gre, Router, Balancer);
                ((GreHeader*)(frame + EthernetHeader.Size + Ipv4Header.Size))->Protocol.Raw = EtherType.Ipv4Raw;
            }

            WriteIpv4(frame + _innerAt, _template.Length - _innerAt, IpProtocol.Tcp, 0, Vip);
            TcpHeader* tcp = (TcpHeader*)(frame + _innerAt + Ipv4Header.Size);
            tcp->DestinationPort.Raw = Port80Raw;
            tcp->OffsetAndReserved = 0x50;
            tcp->Flags = TcpHeader.Acknowledge;
            for (int i = _innerAt + InnerHeaders; i < _template.Length; i++) frame[i] = (byte)(i * 7);
        }
    }

    public bool IsGre { get; }

    public int Flows => _flows;

    public int Length => _template.Length;

    public void Write(byte* at, ulong number)
    {
        _template.CopyTo(new Span<byte>(at, _template.Length));
        byte* inner = at + _innerAt;
        uint flow = (uint)(number % (uint)_flows);
        ((Ipv4Header*)inner)->Source = BinaryPrimitives.ReverseEndianness(0x0A00_0001u + (flow >> 14));
        ((TcpHeader*)(inner + Ipv4Header.Size))->SourcePort.Value = (ushort)(1024 + (flow & 0x3FFF));
        ((Ipv4Header*)inner)->Checksum = 0;
        ((Ipv4Header*)inner)->Checksum = InternetChecksum.Compute(inner, Ipv4Header.Size);
        *(ulong*)(inner + InnerHeaders) = number;
    }

    /// <summary>One frame per flow, in words of 8 bytes and <see cref="PreparedBytes"/> apart: what a fast sender copies.</summary>
    public ulong[] Prepare()
    {
        ulong[] prepared = GC.AllocateArray<ulong>(_flows * PreparedBytes / sizeof(ulong), pinned: true);
        fixed (ulong* words = prepared)
        {
            for (int flow = 0; flow < _flows; flow++) Write((byte*)words + (flow * PreparedBytes), (ulong)flow);
        }

        return prepared;
    }

    public int PreparedBytes => (_template.Length + 7) & ~7;

    /// <summary>The number of a frame as it came back from the balancer; null for anything else.</summary>
    public ulong? NumberOf(byte* frame, int length)
    {
        int innerAt = EthernetHeader.Size + GreBytes;
        if (length != innerAt + (_template.Length - _innerAt)) return null;
        return ((Ipv4Header*)(frame + EthernetHeader.Size))->Protocol == IpProtocol.Gre ? *(ulong*)(frame + innerAt + InnerHeaders) : null;
    }

    /// <summary>Null, or what is wrong with the frame that was sent as <paramref name="number"/>.</summary>
    public string? Check(byte* frame, ulong number, byte* scratch)
    {
        Write(scratch, number);
        int innerAt = EthernetHeader.Size + GreBytes, innerBytes = _template.Length - _innerAt;
        if (!new ReadOnlySpan<byte>(frame + innerAt, innerBytes).SequenceEqual(new ReadOnlySpan<byte>(scratch + _innerAt, innerBytes))) return "the inner packet differs";
        Ipv4Header* outer = (Ipv4Header*)(frame + EthernetHeader.Size);
        if (outer->VersionAndLength != Ipv4Header.WithoutOptions || outer->TotalLength.Value != GreBytes + innerBytes) return "the outer length differs";
        if (outer->TimeToLive != (IsGre ? 63 : 64) || outer->FragmentField.Raw != DontFragmentRaw || outer->Source != Balancer) return "the outer header differs";
        if (InternetChecksum.Compute((byte*)outer, Ipv4Header.Size) != 0) return "the outer checksum is wrong";
        GreHeader* gre = (GreHeader*)(outer + 1);
        if (gre->FlagsAndVersion.Raw != 0 || gre->Protocol.Raw != EtherType.Ipv4Raw) return "the GRE header differs";
        ref uint backend = ref _backendOfFlow[number % (uint)_flows];
        if (backend != 0 && backend != outer->Destination) return "the flow has changed its backend";
        backend = outer->Destination;
        // Made-up next hops: 02:01 and the address; the balancer's own is 02:00:00:00:00:01.
        bool isRightMac = *(ushort*)frame == 0x0102 && *(uint*)(frame + 2) == backend && *(uint*)(frame + 6) == 2 && *(ushort*)(frame + 10) == 0x0100;
        return isRightMac ? null : "the Ethernet header differs";
    }

    public int BackendsSeen => _backendOfFlow.Where(backend => backend != 0).Distinct().Count();

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

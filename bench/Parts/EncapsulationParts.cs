using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Forwarding.Sending;
using RustyRail.Dataplane.Host.Bench;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Bench.Parts;

/// <summary>The rewrite of a frame for its backend: what came as GRE in place, what came plain with new headers in front.</summary>
public unsafe class EncapsulationParts
{
    private const int Count = 64, BufferBytes = 2176, Headroom = 128;

    private readonly byte[] _buffers = GC.AllocateArray<byte>(Count * BufferBytes, pinned: true);
    private readonly PacketSlot[] _slots = GC.AllocateArray<PacketSlot>(Count, pinned: true);
    private readonly PacketWork[] _work = GC.AllocateArray<PacketWork>(Count, pinned: true);
    private readonly BackendRecord[] _backend = GC.AllocateArray<BackendRecord>(1, pinned: true);
    private readonly ServiceRecord[] _service = GC.AllocateArray<ServiceRecord>(1, pinned: true);
    private BenchFrame _frame = BenchFrame.Gre();

    [Params(false, true)]
    public bool Plain { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _frame = Plain ? BenchFrame.Plain() : BenchFrame.Gre();
        _service[0] = new ServiceRecord { Send = (byte)SendForm.Gre };
        _backend[0] = new BackendRecord { Address = IpKey.FromIpv4(0x0100_020A), Source = IpKey.FromIpv4(0xBC89_A8C0), MtuBytes = 1500 };
        for (int i = 0; i < Count; i++) _frame.Bytes.CopyTo(_buffers, (i * BufferBytes) + Headroom);
    }

    /// <summary>With what puts slot and packet back as they came: a few stores.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int ToGre()
    {
        int done = 0;
        byte* first = (byte*)Unsafe.AsPointer(ref _buffers[0]) + Headroom;
        PacketSlot* slot = (PacketSlot*)Unsafe.AsPointer(ref _slots[0]);
        PacketWork* packet = (PacketWork*)Unsafe.AsPointer(ref _work[0]);
        BackendRecord* backend = (BackendRecord*)Unsafe.AsPointer(ref _backend[0]);
        ServiceRecord* service = (ServiceRecord*)Unsafe.AsPointer(ref _service[0]);
        for (int i = 0; i < Count; i++, slot++, packet++)
        {
            byte* frame = first + (i * BufferBytes);
            *slot = new PacketSlot { Data = frame, Length = _frame.Bytes.Length, Headroom = Headroom };
            // As wide as it is read: narrower stores would be waited for.
            Unsafe.WriteUnaligned(frame + EthernetHeader.Size + 8, 64u | (IpProtocol.Gre << 8));
            byte* ip = frame + EthernetHeader.Size;
            packet->Outer = Plain ? null : ip;
            packet->Inner = Plain ? ip : ip + Ipv4Header.Size + GreHeader.Size;
            packet->PacketLength = (ushort)(_frame.Bytes.Length - EthernetHeader.Size);
            packet->InnerLength = (ushort)(ip + packet->PacketLength - packet->Inner);
            if (Encapsulator.Apply(slot, packet, service, backend) == Reason.None) done++;
        }

        return done;
    }
}

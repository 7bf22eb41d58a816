using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>Sees the frames that leave, and knows where each flow's first one went: by what stands in the frame, not by what the pipeline says.</summary>
/// <param name="frame">What was sent; whatever headers are put in front, what is behind the source address stays.</param>
internal sealed unsafe class RoutingWitness(BenchFrame frame, int flows)
{
    private const int OuterDestinationAt = EthernetHeader.Size + 16, MacAddressAt = 2;

    private readonly int _sourceFromEnd = frame.Bytes.Length - frame.SourceAddressAt, _portFromEnd = frame.Bytes.Length - frame.SourcePortAt;

    /// <summary>Backend's address by flow; 0: not seen yet.</summary>
    private readonly uint[] _backends = new uint[flows];

    /// <summary>Frames that went elsewhere than their flow's frame before them.</summary>
    public long Rerouted { get; private set; }

    /// <summary>Frames whose next hop's MAC address is another backend's than their destination.</summary>
    public long Torn { get; private set; }

    public void See(in PacketSlot slot)
    {
        byte* end = slot.Data + slot.Length;
        uint backend = Unsafe.ReadUnaligned<uint>(slot.Data + OuterDestinationAt);
        uint flow = FlowVariation.FlowOf(Unsafe.ReadUnaligned<uint>(end - _sourceFromEnd), Unsafe.ReadUnaligned<ushort>(end - _portFromEnd));
        // PaperNetwork makes the MAC addresses up from the backends'.
        if (Unsafe.ReadUnaligned<uint>(slot.Data + MacAddressAt) != backend) Torn++;
        ref uint known = ref _backends[flow];
        if (known == backend) return;
        if (known != 0) Rerouted++;
        known = backend;
    }
}

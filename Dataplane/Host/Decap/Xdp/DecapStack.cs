using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Ports.Xdp.Register;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// What the decapsulating program keeps on its stack between its parts. The verifier follows values through slots that are whole words; these
/// numbers are deliberately beside such slots, so that all ways that lead to a part look the same to it and the part is verified once.
/// </summary>
internal static class DecapStack
{
    /// <summary>Key of both look-ups: prefix length, family, address (see <see cref="AddressKey"/>).</summary>
    public const short Key = -24;

    /// <summary>MAC addresses and up to two VLAN tags, to be put in front of the inner packet.</summary>
    public const short LinkHeader = -48;

    // Offsets from the frame's start: the outer IP header (which is the link header's length), the header that is looked at, and the byte
    // behind the packet; where a checksum begins.
    public const short LinkBytes = -50, At = -52, End = -76, SumFrom = -54;

    // Protocol number of the tunnel's header, the outer ECN field, 0 whole 1 first fragment 2 a later one, and the versions: 4 or 6.
    public const short Protocol = -58, Congestion = -60, Fragment = -62, OuterVersion = -66, InnerVersion = -68;

    public const short CounterKey = -80;

    /// <summary>No header of a tunnel begins or ends farther from the frame's start; what would is the kernel's.</summary>
    public const int FarthestOuter = 511, FarthestInner = 1023;

    public static void Put(this BpfAssembler code, short slot, Register value) => code.Store(WidthOf(slot), R10, slot, value);

    public static void Put(this BpfAssembler code, short slot, int value) => code.Store(WidthOf(slot), R10, slot, value);

    public static void Get(this BpfAssembler code, Register target, short slot)
    {
        code.Load(WidthOf(slot), target, R10, slot);
        // For the verifier alone: an unbounded number must not be added to a packet's address.
        if (MaskOf(slot) is int mask) code.And(target, mask);
    }

    private static Width WidthOf(short slot) => slot == End ? Width.Bits32 : Width.Bits16;

    private static int? MaskOf(short slot) => slot switch
    {
        LinkBytes => 0x1F,
        SumFrom => FarthestOuter,
        At => FarthestInner,
        End => 0x1FFFF,
        _ => null,
    };
}

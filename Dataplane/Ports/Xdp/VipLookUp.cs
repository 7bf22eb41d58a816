using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>Asks the trie for the destination of an IP header; afterwards R0 is 0 if it is no VIP. The key is built on the stack.</summary>
internal static class VipLookUp
{
    private const short KeyAt = -VipKey.Bytes, KindAt = KeyAt + 4, AddressAt = KeyAt + 8;
    private const short Ipv4DestinationAt = 16, Ipv6DestinationAt = 24;

    public static void Ipv4(BpfAssembler code, int vips, VipKind kind, Register header)
    {
        code.Load(Bits32, R3, header, Ipv4DestinationAt);
        code.Store(Bits32, R10, AddressAt, R3);
        code.Store(Bits32, R10, AddressAt + 4, 0);
        code.Store(Bits64, R10, AddressAt + 8, 0);
        Ask(code, vips, kind, addressBits: 32);
    }

    public static void Ipv6(BpfAssembler code, int vips, VipKind kind, Register header)
    {
        code.Load(Bits64, R2, header, Ipv6DestinationAt);
        code.Load(Bits64, R3, header, Ipv6DestinationAt + 8);
        code.Store(Bits64, R10, AddressAt, R2);
        code.Store(Bits64, R10, AddressAt + 8, R3);
        Ask(code, vips, kind, addressBits: 128);
    }

    private static void Ask(BpfAssembler code, int vips, VipKind kind, int addressBits)
    {
        code.Store(Bits32, R10, KeyAt, VipKey.KindBits + addressBits);
        code.Store(Bits32, R10, KindAt, (int)kind);
        code.LoadMap(R1, vips);
        code.Move(R2, R10);
        code.Add(R2, KeyAt);
        code.Call(BpfAbi.BPF_FUNC_map_lookup_elem);
    }
}

using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Host.Decap.Xdp.DecapCode;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>Whether the packet is one of ours at all: accepted form, own address, allowed source. In R4: protocol of the tunnel's header at R9.</summary>
internal static class AdmissionCode
{
    public const int Ipip = 4, Udp = 17, Ipv6 = 41, Gre = 47;

    private const short FamilyAt = DecapStack.Key + AddressKey.LengthBytes, AddressAt = FamilyAt + 4;

    public static void Emit(BpfAssembler code, int sources, int addresses, int settings)
    {
        RequireForm(code, settings);
        code.Store(Bits32, R10, DecapStack.Key, AddressKey.WholeBits);
        code.Get(R9, DecapStack.LinkBytes);
        ReadAddress(code, "to", ipv4At: 16, ipv6At: 24);
        LookUp(code, addresses, FamilyAt);
        code.JumpIf(R0, Equal, 0, "pass");
        ReadAddress(code, "from", ipv4At: 12, ipv6At: 8);
        LookUp(code, sources, DecapStack.Key);
        code.JumpIf(R0, Equal, 0, nameof(DecapReason.SourceNotAllowed));
    }

    private static void RequireForm(BpfAssembler code, int settings)
    {
        code.Move(R3, (int)DecapForms.Gre);
        code.JumpIf(R4, Equal, Gre, "form known");
        code.Move(R3, (int)DecapForms.Ipip);
        code.JumpIf(R4, Equal, Ipip, "form known");
        code.JumpIf(R4, Equal, Ipv6, "form known");
        code.JumpIf(R4, NotEqual, Udp, "pass");
        code.Get(R2, DecapStack.Fragment);
        code.JumpIf(R2, Equal, 2, "pass"); // shows no ports
        code.Get(R9, DecapStack.At);
        PointAt(code, R9, 8, "pass");
        code.Load(Bits16, R2, R1, 2);
        code.LoadMapValue(R1, settings);
        code.Load(Bits16, R1, R1, DecapSettings.GuePortAt);
        code.JumpIf(R2, NotEqual, R1, "pass");
        code.Move(R3, (int)DecapForms.Gue);
        code.Label("form known");
        code.LoadMapValue(R1, settings);
        code.Load(Bits32, R1, R1, DecapSettings.FormsAt);
        code.JumpIf(R1, AnyBit, R3, "form accepted");
        code.Jump("pass");
        code.Label("form accepted");
    }

    // R9: offset of the outer IP header, which has been read before: the bounds are for the verifier.
    private static void ReadAddress(BpfAssembler code, string which, short ipv4At, short ipv6At)
    {
        code.Get(R3, DecapStack.OuterVersion);
        code.JumpIf(R3, Equal, 6, $"ipv6 {which}");
        PointAt(code, R9, 20, "pass");
        code.Store(Bits32, R10, FamilyAt, AddressKey.Ipv4);
        code.Load(Bits32, R3, R1, ipv4At);
        code.Store(Bits64, R10, AddressAt, R3);
        code.Store(Bits64, R10, AddressAt + 8, 0);
        code.Jump($"{which} read");
        code.Label($"ipv6 {which}");
        PointAt(code, R9, 40, "pass");
        code.Store(Bits32, R10, FamilyAt, AddressKey.Ipv6);
        code.Load(Bits64, R3, R1, ipv6At);
        code.Store(Bits64, R10, AddressAt, R3);
        code.Load(Bits64, R3, R1, (short)(ipv6At + 8));
        code.Store(Bits64, R10, AddressAt + 8, R3);
        code.Label($"{which} read");
    }

    private static void LookUp(BpfAssembler code, int map, short key)
    {
        code.LoadMap(R1, map);
        code.Move(R2, R10);
        code.Add(R2, key);
        code.Call(BpfAbi.BPF_FUNC_map_lookup_elem);
    }
}

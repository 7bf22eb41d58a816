using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Host.Decap.Xdp.DecapCode;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// Steps over the outer IP header at R9 and leaves in the stack what it says, R4 the protocol. What has no place for a tunnel, or a header that
/// the kernel itself would drop, is the kernel's: nobody can say yet that it is a tunnel's.
/// </summary>
internal static class OuterCode
{
    private const int Ipv4Bytes = 20, Ipv6Bytes = 40, LaterFragment = 0x1FFF, MoreFragments = 0x2000, ExtensionHeaders = 4;
    private const int HopByHop = 0, Routing = 43, FragmentHeader = 44, DestinationOptions = 60;

    public static void Emit(BpfAssembler code)
    {
        code.Label("ipv4");
        EmitIpv4(code);
        code.Jump("upper");
        code.Label("ipv6");
        EmitIpv6(code);
        code.Label("upper");
        code.Put(DecapStack.At, R9);
        code.Put(DecapStack.Protocol, R4);
    }

    private static void EmitIpv4(BpfAssembler code)
    {
        PointAt(code, R9, Ipv4Bytes, "pass");
        code.Load(Bits8, R3, R1, 0);
        code.Move(R4, R3);
        code.And(R4, 0xF0);
        code.JumpIf(R4, NotEqual, 0x40, "pass");
        code.And(R3, 0x0F);
        code.JumpIf(R3, Less, Ipv4Bytes / 4, "pass");
        code.ShiftLeft(R3, 2);
        code.Put(DecapStack.OuterVersion, 4);

        code.Load(Bits8, R4, R1, 1);
        code.And(R4, 3);
        code.Put(DecapStack.Congestion, R4);
        code.Load(Bits16, R4, R1, 2);
        code.SwapBytes16(R4);
        code.Add(R4, R9);
        code.Put(DecapStack.End, R4);

        code.Load(Bits16, R4, R1, 6);
        code.Move(R5, 2);
        code.JumpIf(R4, AnyBit, Wire16(LaterFragment), "piece known");
        code.Move(R5, 1);
        code.JumpIf(R4, AnyBit, Wire16(MoreFragments), "piece known");
        code.Move(R5, 0);
        code.Label("piece known");
        code.Put(DecapStack.Fragment, R5);
        code.Load(Bits8, R4, R1, 9);
        code.Add(R9, R3);
    }

    // Linux's own IPv6 tunnels put destination options in front (the encapsulation limit, RFC 2473), so extension headers do occur.
    private static void EmitIpv6(BpfAssembler code)
    {
        PointAt(code, R9, Ipv6Bytes, "pass");
        code.Load(Bits8, R3, R1, 0);
        code.And(R3, 0xF0);
        code.JumpIf(R3, NotEqual, 0x60, "pass");
        code.Put(DecapStack.OuterVersion, 6);
        code.Load(Bits8, R4, R1, 1);
        code.ShiftRight(R4, 4);
        code.And(R4, 3);
        code.Put(DecapStack.Congestion, R4);
        code.Load(Bits16, R4, R1, 4);
        code.SwapBytes16(R4);
        code.Add(R4, Ipv6Bytes);
        code.Add(R4, R9);
        code.Put(DecapStack.End, R4);
        code.Put(DecapStack.Fragment, 0);
        code.Load(Bits8, R4, R1, 6);
        code.Add(R9, Ipv6Bytes);
        for (int i = 1; i <= ExtensionHeaders; i++) StepOverExtension(code, $"extension {i}");
        code.JumpIf(R4, NotEqual, FragmentHeader, "upper");

        code.Label("fragment");
        PointAt(code, R9, 8, "pass");
        code.Load(Bits8, R4, R1, 0);
        code.Load(Bits16, R3, R1, 2);
        code.Move(R5, 2);
        code.JumpIf(R3, AnyBit, Wire16(0xFFF8), "ipv6 piece known");
        code.Move(R5, 1);
        code.Label("ipv6 piece known");
        code.Put(DecapStack.Fragment, R5);
        code.Add(R9, 8);
    }

    // A routing header with segments left is on its way to somebody else.
    private static void StepOverExtension(BpfAssembler code, string label)
    {
        code.JumpIf(R4, Equal, HopByHop, label);
        code.JumpIf(R4, Equal, DestinationOptions, label);
        code.JumpIf(R4, Equal, Routing, label);
        code.JumpIf(R4, Equal, FragmentHeader, "fragment");
        code.Jump("upper");
        code.Label(label);
        PointAt(code, R9, 8, "pass");
        code.JumpIf(R4, NotEqual, Routing, $"{label} leads here");
        code.Load(Bits8, R3, R1, 3);
        code.JumpIf(R3, NotEqual, 0, "pass");
        code.Label($"{label} leads here");
        code.Load(Bits8, R4, R1, 0);
        code.Load(Bits8, R3, R1, 1);
        code.Add(R3, 1);
        code.ShiftLeft(R3, 3);
        code.Add(R9, R3);
        code.JumpIf(R9, Greater, DecapStack.FarthestOuter - 8, "pass");
    }
}

using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Host.Decap.Xdp.DecapCode;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>Judges the inner header as <see cref="InnerPacket"/> does, and carries a congestion mark over as <see cref="Congestion"/> does.</summary>
internal static class InnerCode
{
    public static void Emit(BpfAssembler code)
    {
        code.Label("inner");
        code.Get(R9, DecapStack.At);
        code.Get(R5, DecapStack.End);
        code.Get(R2, DecapStack.InnerVersion);
        code.JumpIf(R2, Equal, 6, "inner ipv6");
        EmitIpv4(code);
        code.Jump("strip");
        code.Label("inner ipv6");
        EmitIpv6(code);
        code.Label("strip");
    }

    private static void EmitIpv4(BpfAssembler code)
    {
        RequireHeader(code, InnerPacket.Ipv4Bytes, version: 0x40);
        code.Load(Bits8, R3, R1, 0);
        code.And(R3, 0x0F);
        code.JumpIf(R3, Less, InnerPacket.Ipv4Bytes / 4, nameof(DecapReason.BadHeader));
        code.Load(Bits16, R4, R1, 2);
        code.SwapBytes16(R4);
        code.Move(R2, R3);
        code.ShiftLeft(R2, 2);
        code.JumpIf(R4, Less, R2, nameof(DecapReason.BadLength));
        code.Add(R4, R9);
        code.JumpIf(R4, Greater, R5, nameof(DecapReason.BadLength));
        ChecksumCode.VerifyIpv4Header(code, "inner");

        code.Load(Bits8, R4, R1, 1);
        code.And(R4, 3);
        DecideMark(code, "ipv4");
        // Both bytes at once, as the checksum has them; RFC 1624, equation 3, in the packet's own order.
        code.Load(Bits16, R2, R1, 0);
        code.Move(R3, R2);
        code.And(R3, ~0x0300);
        code.ShiftLeft(R4, 8);
        code.Or(R3, R4);
        code.Store(Bits16, R1, 0, R3);
        code.Xor(R2, 0xFFFF);
        code.Load(Bits16, R4, R1, 10);
        code.Xor(R4, 0xFFFF);
        code.Add(R4, R2);
        code.Add(R4, R3);
        ChecksumCode.FoldTo16(code, R4, R2);
        code.Xor(R4, 0xFFFF);
        code.Store(Bits16, R1, 10, R4);
    }

    private static void EmitIpv6(BpfAssembler code)
    {
        RequireHeader(code, InnerPacket.Ipv6Bytes, version: 0x60);
        code.Load(Bits16, R4, R1, 4);
        code.SwapBytes16(R4);
        code.Add(R4, InnerPacket.Ipv6Bytes);
        code.Add(R4, R9);
        code.JumpIf(R4, Greater, R5, nameof(DecapReason.BadLength));
        code.Load(Bits8, R4, R1, 1);
        code.ShiftRight(R4, 4);
        code.And(R4, 3);
        DecideMark(code, "ipv6");
        code.Load(Bits8, R3, R1, 1);
        code.And(R3, 0xCF);
        code.ShiftLeft(R4, 4);
        code.Or(R3, R4);
        code.Store(Bits8, R1, 1, R3);
    }

    // R9 header, R5 end of the packet; leaves R1 at the header.
    private static void RequireHeader(BpfAssembler code, int bytes, int version)
    {
        code.Move(R2, R9);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R5, nameof(DecapReason.Runt));
        PointAt(code, R9, bytes, nameof(DecapReason.BadLength));
        code.Load(Bits8, R2, R1, 0);
        code.And(R2, 0xF0);
        code.JumpIf(R2, NotEqual, version, nameof(DecapReason.BadHeader));
    }

    // RFC 6040, figure 4. R4 is the inner codepoint, and the one to write where the program goes on here.
    private static void DecideMark(BpfAssembler code, string family)
    {
        code.Get(R3, DecapStack.Congestion);
        code.JumpIf(R3, Equal, Congestion.Experienced, $"{family} experienced");
        code.JumpIf(R3, NotEqual, Congestion.Ect1, "strip");
        code.JumpIf(R4, NotEqual, Congestion.Ect0, "strip");
        code.Move(R4, Congestion.Ect1);
        code.Jump($"{family} mark");
        code.Label($"{family} experienced");
        code.JumpIf(R4, Equal, Congestion.NotEct, nameof(DecapReason.CongestionNotCarried));
        code.JumpIf(R4, Equal, Congestion.Experienced, "strip");
        code.Move(R4, Congestion.Experienced);
        code.Label($"{family} mark");
    }
}

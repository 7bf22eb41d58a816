using RustyRail.Dataplane.Packets;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.FrameSteps;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>IPv4 in rules 3 and 4.</summary>
internal static class Ipv4Steps
{
    private const int FragmentAt = 6, ProtocolAt = 9;

    /// <summary>From the outermost header at R7 to GRE at R9.</summary>
    public static void StepToGre(BpfAssembler code, string otherwise)
    {
        RequireHeader(code, R7);
        code.Move(R9, R2);
        code.Load(Bits8, R2, R7, ProtocolAt);
        code.JumpIf(R2, NotEqual, IpProtocol.Gre, otherwise);
        code.Load(Bits16, R2, R7, FragmentAt);
        code.JumpIf(R2, AnyBit, Wire16(Ipv4Header.OffsetMask), otherwise);
    }

    /// <summary>R2 is then behind the header.</summary>
    public static void RequireHeader(BpfAssembler code, Register at)
    {
        RequireBytes(code, at, Ipv4Header.Size, Ours);
        code.Load(Bits8, R3, at, 0);
        code.JumpIf(R3, Less, 0x45, Ours);
        code.JumpIf(R3, Greater, 0x4F, Ours);
        code.And(R3, 0x0F);
        code.ShiftLeft(R3, 2);
        code.Move(R2, at);
        code.Add(R2, R3);
        code.JumpIf(R2, Greater, R8, Ours);
    }
}

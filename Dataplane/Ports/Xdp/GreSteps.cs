using RustyRail.Dataplane.Packets;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.FrameSteps;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>Rule 4 from the GRE header at R9 on. A worker has the frame if the inner destination is a VIP.</summary>
internal static class GreSteps
{
    private const int TypeAt = 2;

    // Flags in the first byte: checksum, key, sequence number. Each stands for four bytes behind the header.
    private const int HasChecksum = 0x80, HasKey = 0x20, HasSequence = 0x10;

    /// <param name="outer">Tells the labels of two uses apart.</param>
    /// <param name="otherwise">As for a protocol that is not GRE.</param>
    public static void Judge(BpfAssembler code, int vips, string outer, string otherwise)
    {
        string isKnown = $"known type in {outer}", isIpv6 = $"IPv6 in {outer}";
        RequireBytes(code, R9, GreHeader.Size, Ours);
        code.Load(Bits16, R4, R9, TypeAt);
        code.JumpIf(R4, Equal, Wire16(EtherTypeIpv4), isKnown);
        code.JumpIf(R4, NotEqual, Wire16(EtherTypeIpv6), otherwise);
        code.Label(isKnown);
        code.Load(Bits16, R2, R9, 0);
        code.JumpIf(R2, AnyBit, Wire16(GreHeader.Unsupported), Ours);
        StepOverHeader(code, outer);
        code.JumpIf(R4, Equal, Wire16(EtherTypeIpv6), isIpv6);

        Ipv4Steps.RequireHeader(code, R9);
        VipLookUp.Ipv4(code, vips, VipKind.Ipv4InsideGre, R9);
        code.JumpIf(R0, NotEqual, 0, Ours);
        code.Jump(otherwise);

        code.Label(isIpv6);
        Ipv6Steps.RequireHeader(code, R9);
        VipLookUp.Ipv6(code, vips, VipKind.Ipv6InsideGre, R9);
        code.JumpIf(R0, NotEqual, 0, Ours);
        code.Jump(otherwise);
    }

    // Most have no options; those of the others are summed up without a branch for each.
    private static void StepOverHeader(BpfAssembler code, string outer)
    {
        string hasNone = $"no options in {outer}";
        code.Load(Bits8, R3, R9, 0);
        code.Add(R9, GreHeader.Size);
        code.And(R3, HasChecksum | HasKey | HasSequence);
        code.JumpIf(R3, Equal, 0, hasNone);
        code.Move(R2, R3);
        code.And(R2, HasChecksum);
        code.ShiftRight(R2, 5);
        code.Add(R9, R2);
        code.Move(R2, R3);
        code.And(R2, HasKey);
        code.ShiftRight(R2, 3);
        code.Add(R9, R2);
        code.And(R3, HasSequence);
        code.ShiftRight(R3, 2);
        code.Add(R9, R3);
        code.Label(hasNone);
    }
}

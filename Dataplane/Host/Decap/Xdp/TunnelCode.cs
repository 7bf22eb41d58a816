using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Host.Decap.Xdp.DecapCode;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>Judges the outer packet and the tunnel's own header; leads to "inner" with the inner packet's place and version on the stack.</summary>
internal static class TunnelCode
{
    public static void Emit(BpfAssembler code)
    {
        JudgeOuter(code);
        code.Get(R9, DecapStack.At);
        code.Get(R3, DecapStack.End);
        code.Get(R4, DecapStack.Protocol);
        code.JumpIf(R4, Equal, AdmissionCode.Gre, "gre");
        code.JumpIf(R4, Equal, AdmissionCode.Udp, "gue");
        code.Put(DecapStack.InnerVersion, 4);
        code.JumpIf(R4, Equal, AdmissionCode.Ipip, "inner");
        code.Put(DecapStack.InnerVersion, 6);
        code.Jump("inner");
        code.Label("gre");
        OpenGre(code);
        code.Label("gue");
        OpenGue(code);
        code.Label("sum");
        ChecksumCode.VerifyRest(code);
    }

    private static void JudgeOuter(BpfAssembler code)
    {
        code.Get(R2, DecapStack.Fragment);
        code.JumpIf(R2, NotEqual, 0, nameof(DecapReason.FragmentUnknown));
        code.Get(R3, DecapStack.End);
        code.Get(R9, DecapStack.At);
        code.JumpIf(R3, Less, R9, nameof(DecapReason.BadLength));
        code.Move(R1, R7);
        code.Add(R1, R3);
        code.JumpIf(R1, Greater, R8, nameof(DecapReason.BadLength));
        code.Get(R2, DecapStack.OuterVersion);
        code.JumpIf(R2, Equal, 6, "outer judged");
        code.Get(R9, DecapStack.LinkBytes);
        PointAt(code, R9, 20, nameof(DecapReason.BadLength));
        code.Load(Bits8, R3, R1, 0);
        code.And(R3, 0x0F);
        ChecksumCode.VerifyIpv4Header(code, "outer");
        code.Label("outer judged");
    }

    // R9 header, R3 end of the packet. Of another payload than IP (Ethernet, PPTP) it is the kernel's.
    private static void OpenGre(BpfAssembler code)
    {
        Require(code, GreHeader.Size);
        PointAt(code, R9, GreHeader.Size, nameof(DecapReason.BadLength));
        code.Load(Bits16, R4, R1, 2);
        code.Put(DecapStack.InnerVersion, 4);
        code.JumpIf(R4, Equal, Wire16(0x0800), "gre payload known");
        code.Put(DecapStack.InnerVersion, 6);
        code.JumpIf(R4, NotEqual, Wire16(0x86DD), "pass");
        code.Label("gre payload known");
        code.Load(Bits16, R4, R1, 0);
        code.JumpIf(R4, AnyBit, Wire16(GreHeader.Unsupported), nameof(DecapReason.GreUnsupported));
        code.Put(DecapStack.SumFrom, R9);
        code.Add(R9, GreHeader.Size);
        foreach (ushort option in (ushort[])[GreHeader.ChecksumPresent, GreHeader.KeyPresent, GreHeader.SequencePresent])
        {
            code.JumpIf(R4, AnyBit, Wire16(option), $"option {option:x}");
            code.Jump($"no option {option:x}");
            code.Label($"option {option:x}");
            code.Add(R9, 4);
            code.Label($"no option {option:x}");
        }

        code.JumpIf(R9, Greater, R3, nameof(DecapReason.Runt));
        code.Put(DecapStack.At, R9);
        code.Move(R0, 0);
        code.JumpIf(R4, AnyBit, Wire16(GreHeader.ChecksumPresent), "sum");
        code.Jump("inner");
    }

    // R9 UDP header, R3 end of the packet.
    private static void OpenGue(BpfAssembler code)
    {
        Require(code, UdpHeader.Size);
        PointAt(code, R9, UdpHeader.Size, nameof(DecapReason.BadLength));
        code.Load(Bits16, R4, R1, 4);
        code.SwapBytes16(R4);
        code.JumpIf(R4, Less, UdpHeader.Size, nameof(DecapReason.BadLength));
        code.Add(R4, R9);
        code.JumpIf(R4, Greater, R3, nameof(DecapReason.BadLength));
        code.Move(R3, R4);
        code.Put(DecapStack.End, R3);
        code.Put(DecapStack.SumFrom, R9);

        Require(code, UdpHeader.Size + 4);
        PointAt(code, R9, UdpHeader.Size + 4, nameof(DecapReason.BadLength));
        code.Load(Bits8, R4, R1, 8);
        code.JumpIf(R4, AnyBit, 0xE0, nameof(DecapReason.GueUnsupported)); // variant, control
        code.Load(Bits16, R2, R1, 10);
        code.JumpIf(R2, NotEqual, 0, nameof(DecapReason.GueUnsupported)); // flags
        code.Load(Bits8, R2, R1, 9);
        code.Put(DecapStack.InnerVersion, 4);
        code.JumpIf(R2, Equal, AdmissionCode.Ipip, "gue payload known");
        code.Put(DecapStack.InnerVersion, 6);
        code.JumpIf(R2, NotEqual, AdmissionCode.Ipv6, nameof(DecapReason.GueUnsupported));
        code.Label("gue payload known");
        code.And(R4, 0x1F);
        code.ShiftLeft(R4, 2);
        code.Add(R9, R4);
        code.Add(R9, UdpHeader.Size + 4);
        code.JumpIf(R9, Greater, R3, nameof(DecapReason.Runt));
        code.Put(DecapStack.At, R9);

        // Without a checksum: RFC 6935 allows that for tunnels over IPv6 too.
        code.Load(Bits16, R2, R1, 6);
        code.JumpIf(R2, Equal, 0, "inner");
        code.Load(Bits16, R0, R1, 4);
        code.Add(R0, Wire16(AdmissionCode.Udp));
        AddAddresses(code);
        code.Jump("sum");
    }

    // The rest of the pseudo-header.
    private static void AddAddresses(BpfAssembler code)
    {
        code.Get(R9, DecapStack.LinkBytes);
        code.Get(R2, DecapStack.OuterVersion);
        code.JumpIf(R2, Equal, 6, "ipv6 addresses");
        PointAt(code, R9, 20, nameof(DecapReason.BadLength));
        AddWords(code, from: 12, to: 20);
        code.Jump("sum");
        code.Label("ipv6 addresses");
        PointAt(code, R9, 40, nameof(DecapReason.BadLength));
        AddWords(code, from: 8, to: 40);
    }

    private static void AddWords(BpfAssembler code, short from, short to)
    {
        for (short at = from; at < to; at += 4)
        {
            code.Load(Bits32, R2, R1, at);
            code.Add(R0, R2);
        }
    }

    // So many bytes at R9 before the end of the packet, R3.
    private static void Require(BpfAssembler code, int bytes)
    {
        code.Move(R2, R9);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R3, nameof(DecapReason.Runt));
    }
}

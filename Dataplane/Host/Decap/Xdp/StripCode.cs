using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Host.Decap.Xdp.DecapCode;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>The frame begins anew right before the inner packet: the same MAC addresses and tags, the inner packet's Ethernet type.</summary>
internal static class StripCode
{
    private const short MacBytes = 12, FirstTag = 12, SecondTag = 16;

    public static void Emit(BpfAssembler code)
    {
        Copy(code, Bits64, R7, 0, R10, DecapStack.LinkHeader);
        foreach (short at in (short[])[8, FirstTag, SecondTag]) Copy(code, Bits32, R7, at, R10, (short)(DecapStack.LinkHeader + at));

        code.Get(R2, DecapStack.At);
        code.Get(R3, DecapStack.LinkBytes);
        code.Subtract(R2, R3);
        code.Move(R1, R6);
        code.Call(BpfAbi.BPF_FUNC_xdp_adjust_head);
        code.JumpIf(R0, NotEqual, 0, "aborted");
        ReadFrame(code);
        RequireFrame(code, LongestLinkBytes, "aborted");

        Copy(code, Bits64, R10, DecapStack.LinkHeader, R7, 0);
        Copy(code, Bits32, R10, DecapStack.LinkHeader + 8, R7, 8);
        code.Move(R4, Wire16(0x0800));
        code.Get(R2, DecapStack.InnerVersion);
        code.JumpIf(R2, Equal, 4, "type known");
        code.Move(R4, Wire16(0x86DD));
        code.Label("type known");
        code.Get(R3, DecapStack.LinkBytes);
        code.JumpIf(R3, Greater, EthernetBytes, "has a tag");
        code.Store(Bits16, R7, MacBytes, R4);
        code.Jump(nameof(DecapReason.Delivered));

        code.Label("has a tag");
        Copy(code, Bits32, R10, DecapStack.LinkHeader + FirstTag, R7, FirstTag);
        code.JumpIf(R3, Greater, EthernetBytes + TagBytes, "has two tags");
        code.Store(Bits16, R7, MacBytes + TagBytes, R4);
        code.Jump(nameof(DecapReason.Delivered));

        code.Label("has two tags");
        Copy(code, Bits32, R10, DecapStack.LinkHeader + SecondTag, R7, SecondTag);
        code.Store(Bits16, R7, MacBytes + (2 * TagBytes), R4);
    }

    private static void Copy(BpfAssembler code, Width width, Register from, short fromAt, Register to, short toAt)
    {
        code.Load(width, R5, from, fromAt);
        code.Store(width, to, toAt, R5);
    }
}

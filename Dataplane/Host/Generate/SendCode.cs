using System.Buffers.Binary;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>
/// The program that makes a frame each time it is run, or drops what it was given when none is due. Pages come back as the receiver left them, so all headers are written
/// anew. R0 the time, R7 the frame, R8 the state, R9 the packet's number.
/// </summary>
internal static class SendCode
{
    private const int LongestDelay = 1_000_000 << SendState.ScheduleBits; // a millisecond

    /// <param name="template">Whose constants become instructions.</param>
    /// <param name="state">Map of one <see cref="SendState"/>.</param>
    /// <param name="flows">How many.</param>
    /// <param name="isPaced">Otherwise as fast as it goes.</param>
    public static bpf_insn[] Assemble(FrameTemplate template, int state, int flows, bool isPaced)
    {
        BpfAssembler code = new();
        code.Load(Bits32, R7, R1, 0);
        code.Load(Bits32, R2, R1, 4);
        code.Move(R1, R7);
        code.Add(R1, template.Bytes.Length);
        code.JumpIf(R1, Greater, R2, "none");
        code.LoadMapValue(R8, state);
        code.Call(BpfAbi.BPF_FUNC_ktime_get_ns);
        Schedule(code, isPaced);
        Headers(code, template);
        DrawFlow(code, template, flows);
        Checksums(code, template);
        code.Move(R0, XdpAbi.XDP_TX);
        code.Exit();
        code.Label("finished");
        code.Store(Bits64, R8, SendState.FinishedAt, 1);
        code.Label("none");
        code.Move(R0, XdpAbi.XDP_DROP);
        code.Exit();
        return code.Assemble();
    }

    private static void Schedule(BpfAssembler code, bool isPaced)
    {
        code.Load(Bits64, R1, R8, SendState.BegunAt);
        code.JumpIf(R1, NotEqual, 0, "begun");
        code.Store(Bits64, R8, SendState.BegunAt, R0);
        code.Move(R1, R0);
        code.Label("begun");
        code.Move(R3, R0);
        code.Subtract(R3, R1);
        code.Load(Bits64, R1, R8, SendState.DurationAt);
        code.JumpIf(R3, Greater, R1, "finished");
        code.Load(Bits64, R9, R8, SendState.MadeAt);
        code.Load(Bits64, R1, R8, SendState.LimitAt);
        code.JumpIf(R9, Equal, R1, "finished");
        if (isPaced) Await(code);
        code.Move(R1, R9);
        code.Add(R1, 1);
        code.Store(Bits64, R8, SendState.MadeAt, R1);
        code.Store(Bits64, R8, SendState.LastAt, R0);
    }

    // What was missed is caught up with, but not without end: a burst after a long absence is not the rate that was asked for.
    private static void Await(BpfAssembler code)
    {
        code.ShiftLeft(R3, SendState.ScheduleBits);
        code.Load(Bits64, R1, R8, SendState.DueAt);
        code.JumpIf(R1, Greater, R3, "none");
        code.Move(R2, R3);
        code.Subtract(R2, R1);
        code.JumpIf(R2, Less, LongestDelay, "in time");
        code.Move(R1, R3);
        code.Add(R1, -LongestDelay);
        code.Load(Bits64, R2, R8, SendState.SkippedAt);
        code.Add(R2, 1);
        code.Store(Bits64, R8, SendState.SkippedAt, R2);
        code.Label("in time");
        code.Load(Bits64, R2, R8, SendState.IntervalAt);
        code.Add(R1, R2);
        code.Store(Bits64, R8, SendState.DueAt, R1);
    }

    // Up to the transport header's end, and the stamp's constant part; between them no one writes.
    private static void Headers(BpfAssembler code, FrameTemplate template)
    {
        int end = template.TransportAt + (template.IsUdp ? 8 : 20);
        short at = 0;
        for (; at + 4 <= end; at += 4) code.Store(Bits32, R7, at, BinaryPrimitives.ReadInt32LittleEndian(template.Bytes.AsSpan(at)));
        if (at < end) code.Store(Bits16, R7, at, BinaryPrimitives.ReadInt16LittleEndian(template.Bytes.AsSpan(at)));
        short stamp = (short)template.StampAt;
        code.Store(Bits32, R7, (short)(stamp + Stamp.RunAt), BinaryPrimitives.ReadInt32LittleEndian(template.Bytes.AsSpan(stamp)));
        code.Store(Bits32, R7, (short)(stamp + Stamp.NumberAt), R9);
        code.Store(Bits64, R7, (short)(stamp + Stamp.TimeAt), R0);
    }

    // R3 = address, R4 = port, as they lie in the frame. Address by the flow's low half, port by both: a pair of them is one flow.
    private static void DrawFlow(BpfAssembler code, FrameTemplate template, int flows)
    {
        FlowOf(code, R2, R9, flows);
        code.Move(R4, R2);
        code.ShiftRight(R4, 16);
        code.Move(R3, R2);
        code.And(R3, 0xFFFF);
        code.Add(R4, R3);
        code.And(R4, 0x7FFF);
        code.Add(R4, 1024);
        code.Add(R3, unchecked((int)FrameTemplate.SourceBase));
        code.SwapBytes32(R3);
        code.SwapBytes16(R4);
        code.Store(Bits32, R7, (short)template.SourceAt, R3);
        code.Store(Bits16, R7, (short)template.TransportAt, R4);
    }

    /// <summary>As <see cref="Stamp.FlowOf"/>: the flow of the packet with that number.</summary>
    public static void FlowOf(BpfAssembler code, Register flow, Register number, int flows)
    {
        code.Move(flow, number);
        code.Multiply(flow, Stamp.FlowFactor);
        code.ShiftLeft(flow, 32);
        code.ShiftRight(flow, 32);
        code.Multiply(flow, flows);
        code.ShiftRight(flow, 32);
    }

    private static void Checksums(BpfAssembler code, FrameTemplate template)
    {
        if (!template.IsIpv6)
        {
            code.Move(R1, template.HeaderSum);
            code.Add(R1, R3);
            Fold(code, R1);
            code.Xor(R1, 0xFFFF);
            code.Store(Bits16, R7, (short)(template.InnerAt + 10), R1);
        }

        // The stamp: number and time.
        code.Move(R1, R9);
        code.ShiftLeft(R1, 32);
        code.ShiftRight(R1, 32);
        code.Move(R2, R0);
        code.ShiftRight(R2, 32);
        code.Add(R1, R2);
        code.Move(R2, R0);
        code.ShiftLeft(R2, 32);
        code.ShiftRight(R2, 32);
        code.Add(R1, R2);
        if (template.IsStampOdd)
        {
            Fold(code, R1);
            code.SwapBytes16(R1);
        }

        code.Add(R1, template.TransportSum);
        code.Add(R1, R3);
        code.Add(R1, R4);
        Fold(code, R1);
        code.Xor(R1, 0xFFFF);
        if (template.IsUdp)
        {
            // 0 would say that there is none (RFC 768).
            code.JumpIf(R1, NotEqual, 0, "summed");
            code.Move(R1, 0xFFFF);
            code.Label("summed");
        }

        code.Store(Bits16, R7, (short)template.ChecksumAt, R1);
    }

    // A sum of a few 32-bit words to 16 bits. Uses R5.
    private static void Fold(BpfAssembler code, Register sum)
    {
        for (int pass = 0; pass < 3; pass++)
        {
            code.Move(R5, sum);
            code.ShiftRight(R5, 16);
            code.And(sum, 0xFFFF);
            code.Add(sum, R5);
        }
    }
}

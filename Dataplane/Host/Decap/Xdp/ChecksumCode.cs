using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Host.Decap.Xdp.DecapCode;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>The sum of RFC 1071 in R0, in 32-bit words as they lie in memory. No helper of the kernel sums a whole packet.</summary>
internal static class ChecksumCode
{
    private const int BlockBytes = 32, BlockShift = 5, MostBytes = 64_000;

    /// <summary>IPv4 header at R1, 20 bytes of it readable, so many words long as R3 says (5-15). Uses R2.</summary>
    public static void VerifyIpv4Header(BpfAssembler code, string which)
    {
        code.Load(Bits32, R0, R1, 0);
        for (short at = 4; at < 20; at += 4) AddWord(code, at);
        for (short word = 5; word < 15; word++)
        {
            code.JumpIf(R3, Less, word + 1, $"{which} header summed");
            code.Move(R2, R1);
            code.Add(R2, (word + 1) * 4);
            code.JumpIf(R2, Greater, R8, nameof(DecapReason.BadLength));
            AddWord(code, (short)(word * 4));
        }

        code.Label($"{which} header summed");
        RequireAllOnes(code);
    }

    /// <summary>
    /// Everything from <see cref="DecapStack.SumFrom"/> to <see cref="DecapStack.End"/>, added to R0. What is left over at the end of whole blocks comes first: so
    /// the verifier, which follows each turn of the loop, finds the same state behind it whichever turn was the last.
    /// </summary>
    public static void VerifyRest(BpfAssembler code)
    {
        code.Get(R9, DecapStack.SumFrom);
        code.Get(R3, DecapStack.End);
        code.Subtract(R3, R9);
        code.JumpIf(R3, Greater, MostBytes, "pass");
        AddLastBytes(code);
        AddLooseWords(code);
        AddBlocks(code);
        RequireAllOnes(code);
    }

    private static void AddLastBytes(BpfAssembler code)
    {
        code.Move(R4, R3);
        code.And(R4, ~3);
        code.Move(R1, R7);
        code.Add(R1, R9);
        code.Add(R1, R4);
        // Bits are tested in a copy: the verifier forgets how large a number is at most when one of its bits is tested.
        code.Move(R5, R3);
        code.And(R5, 3);
        code.JumpIf(R5, AnyBit, 2, "half a word");
        code.Jump("no half a word");
        code.Label("half a word");
        RequireMore(code, 2);
        code.Load(Bits16, R2, R1, 0);
        code.Add(R0, R2);
        code.Add(R1, 2);
        code.Label("no half a word");
        code.JumpIf(R5, AnyBit, 1, "odd byte");
        code.Jump("no odd byte");
        code.Label("odd byte");
        RequireMore(code, 1);
        code.Load(Bits8, R2, R1, 0);
        code.Add(R0, R2);
        code.Label("no odd byte");
    }

    private static void AddLooseWords(BpfAssembler code)
    {
        code.Move(R4, R3);
        code.ShiftRight(R4, 2);
        code.And(R4, (BlockBytes / 4) - 1);
        code.Move(R1, R7);
        code.Add(R1, R9);
        for (int word = 1; word < BlockBytes / 4; word++)
        {
            code.JumpIf(R4, Less, word, "no loose word");
            RequireMore(code, 4);
            AddWord(code, 0);
            code.Add(R1, 4);
        }

        code.Label("no loose word");
    }

    private static void AddBlocks(BpfAssembler code)
    {
        code.Move(R4, R3);
        code.And(R4, BlockBytes - 4);
        code.Move(R1, R7);
        code.Add(R1, R9);
        code.Add(R1, R4);
        code.Move(R4, R3);
        code.ShiftRight(R4, BlockShift);
        code.Move(R5, 0);
        code.Label("next block");
        code.JumpIf(R5, Less, R4, "block");
        code.Jump("summed");
        code.Label("block");
        RequireMore(code, BlockBytes);
        for (short at = 0; at < BlockBytes; at += 4) AddWord(code, at);
        code.Add(R1, BlockBytes);
        code.Add(R5, 1);
        code.Jump("next block");
        code.Label("summed");
    }

    private static void AddWord(BpfAssembler code, short at)
    {
        code.Load(Bits32, R2, R1, at);
        code.Add(R0, R2);
    }

    // The packet's end has been compared with the frame's: this is for the verifier.
    private static void RequireMore(BpfAssembler code, int bytes)
    {
        code.Move(R2, R1);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R8, nameof(DecapReason.BadLength));
    }

    private static void RequireAllOnes(BpfAssembler code)
    {
        for (int i = 0; i < 2; i++)
        {
            code.Move(R2, R0);
            code.ShiftRight(R2, 32);
            code.ShiftLeft(R0, 32);
            code.ShiftRight(R0, 32);
            code.Add(R0, R2);
        }

        FoldTo16(code, R0, R2);
        code.JumpIf(R0, NotEqual, 0xFFFF, nameof(DecapReason.BadChecksum));
    }

    /// <summary>Of a sum below 2^33.</summary>
    public static void FoldTo16(BpfAssembler code, Register sum, Register spare)
    {
        for (int i = 0; i < 3; i++)
        {
            code.Move(spare, sum);
            code.ShiftRight(spare, 16);
            code.And(sum, 0xFFFF);
            code.Add(sum, spare);
        }
    }
}

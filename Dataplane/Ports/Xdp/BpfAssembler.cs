using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.BpfAbi;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>R0 returns, R1-R5 carry arguments and are lost in a call, R6-R9 survive it, R10 is the end of the 512-byte stack.</summary>
internal enum Register : byte
{
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10,
}

internal enum Width : byte
{
    Bits8 = BPF_B, Bits16 = BPF_H, Bits32 = BPF_W, Bits64 = BPF_DW,
}

internal enum Condition : byte
{
    Equal = BPF_JEQ, NotEqual = BPF_JNE, Greater = BPF_JGT, Less = BPF_JLT, AnyBit = BPF_JSET,
}

/// <summary>Puts BPF instructions together and resolves jumps by name. Only what the steering program needs.</summary>
internal sealed class BpfAssembler
{
    private readonly List<bpf_insn> _code = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<(int At, string Label)> _jumps = [];

    public void Label(string name) => _labels.Add(name, _code.Count);

    public void Load(Width width, Register target, Register address, short offset) => Emit(BPF_LDX | BPF_MEM | (byte)width, target, address, offset, 0);

    public void Store(Width width, Register address, short offset, Register value) => Emit(BPF_STX | BPF_MEM | (byte)width, address, value, offset, 0);

    public void Store(Width width, Register address, short offset, int value) => Emit(BPF_ST | BPF_MEM | (byte)width, address, 0, offset, value);

    public void Move(Register target, Register value) => Emit(BPF_ALU64 | BPF_MOV | BPF_X, target, value, 0, 0);

    public void Move(Register target, int value) => Emit(BPF_ALU64 | BPF_MOV | BPF_K, target, 0, 0, value);

    public void Add(Register target, Register value) => Emit(BPF_ALU64 | BPF_ADD | BPF_X, target, value, 0, 0);

    public void Add(Register target, int value) => Emit(BPF_ALU64 | BPF_ADD | BPF_K, target, 0, 0, value);

    public void And(Register target, int value) => Emit(BPF_ALU64 | BPF_AND | BPF_K, target, 0, 0, value);

    public void ShiftLeft(Register target, int bits) => Emit(BPF_ALU64 | BPF_LSH | BPF_K, target, 0, 0, bits);

    public void ShiftRight(Register target, int bits) => Emit(BPF_ALU64 | BPF_RSH | BPF_K, target, 0, 0, bits);

    public void Jump(string label) => EmitJump(BPF_JMP | BPF_JA, 0, 0, 0, label);

    public void JumpIf(Register left, Condition condition, int right, string label) => EmitJump(BPF_JMP | (byte)condition | BPF_K, left, 0, right, label);

    public void JumpIf(Register left, Condition condition, Register right, string label) =>
        EmitJump(BPF_JMP | (byte)condition | BPF_X, left, right, 0, label);

    /// <summary>The map itself, as a helper's argument.</summary>
    public void LoadMap(Register target, int mapFd) => EmitWide(target, BPF_PSEUDO_MAP_FD, mapFd);

    /// <summary>Address of the only value of an array map.</summary>
    public void LoadMapValue(Register target, int mapFd) => EmitWide(target, BPF_PSEUDO_MAP_VALUE, mapFd);

    public void Call(int helper) => Emit(BPF_JMP | BPF_CALL, 0, 0, 0, helper);

    public void Exit() => Emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);

    public bpf_insn[] Assemble()
    {
        bpf_insn[] code = [.. _code];
        foreach ((int at, string label) in _jumps) code[at].off = checked((short)(_labels[label] - at - 1));
        return code;
    }

    private void EmitJump(int code, Register target, Register source, int immediate, string label)
    {
        _jumps.Add((_code.Count, label));
        Emit(code, target, source, 0, immediate);
    }

    // A 64-bit immediate takes two instructions; the second is all zero here.
    private void EmitWide(Register target, byte kind, int mapFd)
    {
        Emit(BPF_LD | BPF_DW | BPF_IMM, target, (Register)kind, 0, mapFd);
        Emit(0, 0, 0, 0, 0);
    }

    internal void Emit(int code, Register target, Register source, short offset, int immediate) =>
        _code.Add(new bpf_insn { code = (byte)code, registers = (byte)((byte)target | ((byte)source << 4)), off = offset, imm = immediate });
}

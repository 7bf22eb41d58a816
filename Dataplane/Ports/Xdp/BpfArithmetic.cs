using static RustyRail.Dataplane.Native.BpfAbi;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>The instructions that only programs take which change packets.</summary>
internal static class BpfArithmetic
{
    public static void Subtract(this BpfAssembler code, Register target, Register value) => code.Emit(BPF_ALU64 | BPF_SUB | BPF_X, target, value, 0, 0);

    public static void Or(this BpfAssembler code, Register target, Register value) => code.Emit(BPF_ALU64 | BPF_OR | BPF_X, target, value, 0, 0);

    public static void Xor(this BpfAssembler code, Register target, int value) => code.Emit(BPF_ALU64 | BPF_XOR | BPF_K, target, 0, 0, value);

    public static void Multiply(this BpfAssembler code, Register target, int value) => code.Emit(BPF_ALU64 | BPF_MUL | BPF_K, target, 0, 0, value);

    public static void ShiftRight(this BpfAssembler code, Register target, int bits) => code.Emit(BPF_ALU64 | BPF_RSH | BPF_K, target, 0, 0, bits);

    /// <summary>The low 16 bits between packet order and the machine's; the rest becomes 0.</summary>
    public static void SwapBytes16(this BpfAssembler code, Register target) => code.Emit(BPF_ALU | BPF_END | BPF_TO_BE, target, 0, 0, 16);

    /// <summary>The low 32 bits likewise.</summary>
    public static void SwapBytes32(this BpfAssembler code, Register target) => code.Emit(BPF_ALU | BPF_END | BPF_TO_BE, target, 0, 0, 32);
}

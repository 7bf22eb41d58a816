using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

public sealed class BpfAssemblerTests
{
    // Bytes as in the kernel's instruction set document: opcode, source and destination, offset, immediate.
    [Fact]
    public void Instructions_have_the_kernels_encoding()
    {
        BpfAssembler code = new();
        code.Load(Width.Bits16, Register.R2, Register.R7, 12);
        code.Store(Width.Bits32, Register.R10, -4, Register.R3);
        code.Store(Width.Bits32, Register.R10, -8, 64);
        code.Move(Register.R6, Register.R1);
        code.Add(Register.R2, -12);
        code.LoadMap(Register.R1, 5);
        code.LoadMapValue(Register.R1, 5);
        code.Call(1);
        code.Exit();
        Assert.Equal(
            "69720c0000000000" + "633afcff00000000" + "620af8ff40000000" + "bf16000000000000" + "07020000f4ffffff"
            + "1811000005000000" + "0000000000000000" + "1821000005000000" + "0000000000000000" + "8500000001000000" + "9500000000000000",
            Hex(code));
    }

    [Fact]
    public void Jumps_count_from_the_next_instruction_in_both_directions()
    {
        BpfAssembler code = new();
        code.Label("start");
        code.JumpIf(Register.R2, Condition.Greater, Register.R8, "end");
        code.JumpIf(Register.R2, Condition.NotEqual, 8, "end");
        code.Jump("start");
        code.Label("end");
        code.Exit();
        Assert.Equal("2d82020000000000" + "5502010008000000" + "0500fdff00000000" + "9500000000000000", Hex(code));
    }

    [Fact]
    public void A_jump_to_nowhere_is_an_error()
    {
        BpfAssembler code = new();
        code.Jump("nowhere");
        Assert.Throws<KeyNotFoundException>(() => code.Assemble());
    }

    [SkippableFact]
    public void A_program_that_the_verifier_refuses_says_why()
    {
        BpfAssembler code = new();
        code.Exit();
        NativeException e = Assert.Throws<NativeException>(() => BpfProgram.LoadXdp(code.Assemble(), "rrt_bad"));
        Skip.If(e.Errno is Errno.EPERM or Errno.ENOSYS, e.Message);
        Assert.StartsWith("bpf(BPF_PROG_LOAD): ", e.Message, StringComparison.Ordinal);
        Assert.Contains("R0 !read_ok", e.Message, StringComparison.Ordinal);
    }

    private static string Hex(BpfAssembler code) => Convert.ToHexStringLower(MemoryMarshal.AsBytes(code.Assemble().AsSpan()));
}

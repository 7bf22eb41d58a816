using System.Runtime.InteropServices;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

public sealed class BpfArithmeticTests
{
    // Bytes as in the kernel's instruction set document: opcode, source and destination, offset, immediate.
    [Fact]
    public void Instructions_have_the_kernels_encoding()
    {
        BpfAssembler code = new();
        code.Subtract(Register.R2, Register.R3);
        code.Or(Register.R3, Register.R4);
        code.Xor(Register.R2, 0xFFFF);
        code.ShiftRight(Register.R4, 16);
        code.SwapBytes16(Register.R5);
        Assert.Equal(
            "1f32000000000000" + "4f43000000000000" + "a7020000ffff0000" + "7704000010000000" + "dc05000010000000",
            Convert.ToHexStringLower(MemoryMarshal.AsBytes(code.Assemble().AsSpan())));
    }
}

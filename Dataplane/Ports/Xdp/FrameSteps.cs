using System.Buffers.Binary;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// What the steps of the steering program agree on. Registers: R6 the context, R7 the frame's beginning and then its outermost IP header,
/// R8 its end, R9 where the steps have got to; R2-R5 are anybody's. Jumps lead forward only, so there is no loop for a verifier to doubt.
/// </summary>
internal static class FrameSteps
{
    /// <summary>The frame is a worker's: to be forwarded or, if it cannot be read, to be counted.</summary>
    public const string Ours = "ours";

    /// <summary>The frame is the kernel's.</summary>
    public const string Hosts = "host's";

    public const int EtherTypeIpv4 = 0x0800, EtherTypeIpv6 = 0x86DD;

    /// <summary>Afterwards the verifier lets that many bytes behind <paramref name="from"/> be read. R2 is behind them.</summary>
    public static void RequireBytes(BpfAssembler code, Register from, int bytes, string otherwise)
    {
        code.Move(R2, from);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R8, otherwise);
    }

    // A 16-bit load leaves the wire's bytes in the machine's order.
    public static int Wire16(int value) => BinaryPrimitives.ReverseEndianness((ushort)value);
}

using System.Buffers.Binary;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Packets;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// Which frames are a worker's and which are the kernel's, by the rules of docs/design/packet-classes.md; the pipeline's Parser applies the
/// same. The kernel never sees GRE whose inner destination is a VIP (without a GRE handler it would answer "protocol unreachable" and
/// break the client). A worker's frame while no worker listens is dropped.
/// </summary>
internal static class SteeringCode
{
    private const int EthernetBytes = 14, MinimalIpv4Bytes = 20, GreBytes = 4;

    // Flags in the first GRE byte: checksum, key, sequence.
    private const int HasChecksum = 0x80, HasKey = 0x20, HasSequence = 0x10;

    // On the stack, below the look-up key.
    private const short InnerAt = -24;

    public static bpf_insn[] Assemble(int vips, int device, SteeringForm form)
    {
        BpfAssembler code = new();

        // R6 context, R7 frame, R8 its end, R9 moves over the headers.
        code.Move(R6, R1);
        form.Begin(code, host: "pass");
        RequireBytes(code, R7, EthernetBytes, "pass");
        RequireOwnAddress(code, device);
        code.Load(Bits16, R2, R7, 12);
        code.JumpIf(R2, NotEqual, Wire16(0x0800), "pass");
        code.Move(R9, R7);
        code.Add(R9, EthernetBytes);
        StepOverIpv4(code);
        code.Load(Bits8, R2, R7, EthernetBytes + 9);
        code.JumpIf(R2, NotEqual, 47, "plain");
        code.Load(Bits16, R2, R7, EthernetBytes + 6);
        code.JumpIf(R2, AnyBit, Wire16(0x1FFF), "plain");
        StepOverGre(code);
        code.Store(Bits64, R10, InnerAt, R9);
        StepOverIpv4(code);
        code.Load(Bits64, R9, R10, InnerAt);
        RequireBytes(code, R9, MinimalIpv4Bytes, "redirect");
        code.Load(Bits32, R3, R9, 16);
        LookUp(code, vips, VipKey.InsideGre);
        code.JumpIf(R0, NotEqual, 0, "redirect");

        code.Label("plain");
        code.Load(Bits32, R3, R7, EthernetBytes + 16);
        LookUp(code, vips, VipKey.Plain);
        code.JumpIf(R0, Equal, 0, "pass");

        code.Label("redirect");
        form.TakeFrame(code);

        code.Label("pass");
        form.LeaveFrame(code);
        return code.Assemble();
    }

    // Broadcasts pass too: the kernel answers none with an ICMP error.
    private static void RequireOwnAddress(BpfAssembler code, int device)
    {
        code.LoadMapValue(R1, device);
        code.Load(Bits32, R2, R1, 0);
        code.Load(Bits32, R3, R7, 0);
        code.JumpIf(R2, NotEqual, R3, "pass");
        code.Load(Bits16, R2, R1, 4);
        code.Load(Bits16, R3, R7, 4);
        code.JumpIf(R2, NotEqual, R3, "pass");
    }

    // From an IPv4 header at R9 to what follows it. What cannot be read is the worker's, to be counted.
    private static void StepOverIpv4(BpfAssembler code)
    {
        RequireBytes(code, R9, MinimalIpv4Bytes, "redirect");
        code.Load(Bits8, R3, R9, 0);
        code.Move(R2, R3);
        code.And(R2, 0xF0);
        code.JumpIf(R2, NotEqual, 0x40, "redirect");
        code.And(R3, 0x0F);
        code.JumpIf(R3, Less, MinimalIpv4Bytes / 4, "redirect");
        code.ShiftLeft(R3, 2);
        code.Add(R9, R3);
        code.JumpIf(R9, Greater, R8, "redirect");
    }

    // From a GRE header at R9 to the inner IPv4 header.
    private static void StepOverGre(BpfAssembler code)
    {
        RequireBytes(code, R9, GreBytes, "redirect");
        code.Load(Bits16, R2, R9, 2);
        code.JumpIf(R2, NotEqual, Wire16(0x0800), "plain");
        code.Load(Bits16, R2, R9, 0);
        code.JumpIf(R2, AnyBit, Wire16(GreHeader.Unsupported), "redirect");
        code.Load(Bits8, R3, R9, 0);
        code.Add(R9, GreBytes);
        SkipWordIf(code, R3, HasChecksum, "no checksum");
        SkipWordIf(code, R3, HasKey, "no key");
        SkipWordIf(code, R3, HasSequence, "no sequence");
    }

    // Address to look up is in R3; the answer is in R0.
    private static void LookUp(BpfAssembler code, int vips, int kind)
    {
        code.Store(Bits32, R10, -VipKey.Bytes, VipKey.KindBits + 32);
        code.Store(Bits32, R10, -VipKey.Bytes + 4, kind);
        code.Store(Bits32, R10, -VipKey.Bytes + 8, R3);
        code.LoadMap(R1, vips);
        code.Move(R2, R10);
        code.Add(R2, -VipKey.Bytes);
        code.Call(BpfAbi.BPF_FUNC_map_lookup_elem);
    }

    private static void RequireBytes(BpfAssembler code, Register from, int bytes, string otherwise)
    {
        code.Move(R2, from);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R8, otherwise);
    }

    private static void SkipWordIf(BpfAssembler code, Register flags, int bits, string otherwise)
    {
        string skip = $"has {otherwise}";
        code.JumpIf(flags, AnyBit, bits, skip);
        code.Jump(otherwise);
        code.Label(skip);
        code.Add(R9, 4);
        code.Label(otherwise);
    }

    // A 16-bit load leaves the wire's bytes in the machine's order.
    private static int Wire16(ushort value) => BinaryPrimitives.ReverseEndianness(value);
}

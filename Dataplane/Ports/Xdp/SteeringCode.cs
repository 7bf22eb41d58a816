using System.Buffers.Binary;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// The XDP program: which frames are a worker's and which are the kernel's. What must hold:
/// the kernel never sees GRE whose inner destination is a VIP (without a GRE handler it would answer "protocol unreachable" and break the
/// client), whatever its GRE version and options are; everything that is not for a VIP, and every frame that is not addressed to this
/// device (flooded, promiscuous), reaches the kernel untouched. A VIP's frame for which no worker listens is dropped.
/// </summary>
internal static class SteeringCode
{
    private const int EthernetBytes = 14, MinimalIpv4Bytes = 20, GreBytes = 4, RouteEntryBytes = 4;

    // RFC 1701 source routes: that many entries are stepped over in search of the inner header; a longer list is the kernel's.
    private const int MaxRouteEntries = 4;

    // GRE flags, first byte: checksum, routing, key, sequence. Second byte: version 1 has an acknowledgement number behind its own flag.
    private const int HasChecksum = 0x80, HasRouting = 0x40, HasKey = 0x20, HasSequence = 0x10;
    private const int HasAcknowledgement = 0x80, Version = 0x07;

    // struct xdp_md.
    private const short DataAt = 0, DataEndAt = 4, QueueAt = 16;

    public static bpf_insn[] Assemble(int vips, int sockets, int device)
    {
        BpfAssembler code = new();

        // R6 context, R7 frame, R8 its end, R9 moves over the headers.
        code.Move(R6, R1);
        code.Load(Bits32, R7, R6, DataAt);
        code.Load(Bits32, R8, R6, DataEndAt);
        RequireBytes(code, R7, EthernetBytes + MinimalIpv4Bytes, "pass");
        RequireOwnAddress(code, device);
        code.Load(Bits16, R2, R7, 12);
        code.JumpIf(R2, NotEqual, Wire16(0x0800), "pass");
        FindGre(code);
        FindInner(code);

        RequireBytes(code, R9, MinimalIpv4Bytes, "plain");
        code.Load(Bits32, R3, R9, 16);
        LookUp(code, vips, VipKey.InsideGre);
        code.JumpIf(R0, NotEqual, 0, "redirect");

        code.Label("plain");
        code.Load(Bits32, R3, R7, EthernetBytes + 16);
        LookUp(code, vips, VipKey.Plain);
        code.JumpIf(R0, Equal, 0, "pass");

        code.Label("redirect");
        code.LoadMap(R1, sockets);
        code.Load(Bits32, R2, R6, QueueAt);
        code.Move(R3, XdpAbi.XDP_DROP);
        code.Call(BpfAbi.BPF_FUNC_redirect_map);
        code.Exit();

        code.Label("pass");
        code.Move(R0, XdpAbi.XDP_PASS);
        code.Exit();
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

    // Leaves R9 at the GRE header. A later fragment has none and is judged by its own destination.
    private static void FindGre(BpfAssembler code)
    {
        code.Load(Bits8, R9, R7, EthernetBytes);
        code.Move(R2, R9);
        code.And(R2, 0xF0);
        code.JumpIf(R2, NotEqual, 0x40, "pass");
        code.And(R9, 0x0F);
        code.JumpIf(R9, Less, MinimalIpv4Bytes / 4, "pass");
        code.ShiftLeft(R9, 2);
        code.Load(Bits8, R2, R7, EthernetBytes + 9);
        code.JumpIf(R2, NotEqual, 47, "plain");
        code.Load(Bits16, R2, R7, EthernetBytes + 6);
        code.JumpIf(R2, AnyBit, Wire16(0x1FFF), "plain");
        code.Add(R9, R7);
        code.Add(R9, EthernetBytes);
    }

    // Leaves R9 at the inner IPv4 header.
    private static void FindInner(BpfAssembler code)
    {
        RequireBytes(code, R9, GreBytes, "plain");
        code.Load(Bits16, R2, R9, 2);
        code.JumpIf(R2, NotEqual, Wire16(0x0800), "plain");
        code.Load(Bits8, R3, R9, 0);
        code.Load(Bits8, R4, R9, 1);
        code.Add(R9, GreBytes);

        SkipWordIf(code, R3, HasChecksum | HasRouting, "no checksum");
        SkipWordIf(code, R3, HasKey, "no key");
        SkipWordIf(code, R3, HasSequence, "no sequence");
        code.And(R4, HasAcknowledgement | Version);
        code.JumpIf(R4, NotEqual, HasAcknowledgement | 1, "no acknowledgement");
        code.Add(R9, 4);
        code.Label("no acknowledgement");

        code.And(R3, HasRouting);
        code.JumpIf(R3, Equal, 0, "inner");
        for (int i = 0; i < MaxRouteEntries; i++)
        {
            RequireBytes(code, R9, RouteEntryBytes, "plain");
            code.Load(Bits8, R2, R9, 3);
            code.Add(R9, RouteEntryBytes);
            code.JumpIf(R2, Equal, 0, "inner"); // the list ends with an empty entry
            code.Add(R9, R2);
        }

        code.Jump("plain");
        code.Label("inner");
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

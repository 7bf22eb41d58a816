using System.Buffers.Binary;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// The XDP program: a tunnel packet of an accepted form, from an allowed source, to one of the host's own addresses loses its outer headers
/// and goes on into the kernel. What is wrong with such a packet is judged as <see cref="Sockets.TunnelReceiver"/> does, and counted; everything else
/// passes untouched. R6 context, R7 frame, R8 its end, R9 offset of the header that is looked at.
/// </summary>
internal static class DecapCode
{
    public const int EthernetBytes = 14, TagBytes = 4, LongestLinkBytes = EthernetBytes + (2 * TagBytes);

    // struct xdp_md.
    private const short DataAt = 0, DataEndAt = 4;

    public static bpf_insn[] Assemble(int sources, int addresses, int settings, int counts)
    {
        BpfAssembler code = new();
        code.Move(R6, R1);
        ReadFrame(code);
        // As much as two tags take, whether or not there are any: no tunnel packet is shorter, and the verifier sees one case instead of three.
        RequireFrame(code, LongestLinkBytes, "pass");
        RequireOwnMac(code, settings);
        StepOverTags(code);
        OuterCode.Emit(code);
        AdmissionCode.Emit(code, sources, addresses, settings);
        TunnelCode.Emit(code);
        InnerCode.Emit(code);
        StripCode.Emit(code);
        EmitVerdicts(code, counts);
        return code.Assemble();
    }

    /// <summary>Again after each change of the frame's bounds.</summary>
    public static void ReadFrame(BpfAssembler code)
    {
        code.Load(Bits32, R7, R6, DataAt);
        code.Load(Bits32, R8, R6, DataEndAt);
    }

    /// <summary>The frame's first bytes may then be read by way of R7. Uses R2.</summary>
    public static void RequireFrame(BpfAssembler code, int bytes, string otherwise)
    {
        code.Move(R2, R7);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R8, otherwise);
    }

    /// <summary>R1 = address of what is at the offset; so many bytes may then be read by way of it. Uses R2.</summary>
    public static void PointAt(BpfAssembler code, Register offset, int bytes, string otherwise)
    {
        code.Move(R1, R7);
        code.Add(R1, offset);
        code.Move(R2, R1);
        code.Add(R2, bytes);
        code.JumpIf(R2, Greater, R8, otherwise);
    }

    /// <summary>A 16-bit load leaves the wire's bytes in the machine's order.</summary>
    public static int Wire16(ushort value) => BinaryPrimitives.ReverseEndianness(value);

    private static void RequireOwnMac(BpfAssembler code, int settings)
    {
        code.LoadMapValue(R1, settings);
        code.Load(Bits32, R2, R1, DecapSettings.MacAt);
        code.Load(Bits32, R3, R7, 0);
        code.JumpIf(R2, NotEqual, R3, "pass");
        code.Load(Bits16, R2, R1, DecapSettings.MacAt + 4);
        code.Load(Bits16, R3, R7, 4);
        code.JumpIf(R2, NotEqual, R3, "pass");
    }

    // To the outer IP header, by way of "ipv4" or "ipv6".
    private static void StepOverTags(BpfAssembler code)
    {
        code.Load(Bits16, R3, R7, EthernetBytes - 2);
        code.Move(R9, EthernetBytes);
        for (int tag = 1; tag <= 2; tag++)
        {
            code.JumpIf(R3, Equal, Wire16(0x8100), $"tag {tag}");
            code.JumpIf(R3, NotEqual, Wire16(0x88A8), "untagged");
            code.Label($"tag {tag}");
            code.Load(Bits16, R3, R7, (short)(EthernetBytes - 2 + (tag * TagBytes)));
            code.Move(R9, EthernetBytes + (tag * TagBytes));
        }

        code.Label("untagged");
        code.Put(DecapStack.LinkBytes, R9);
        code.Get(R9, DecapStack.LinkBytes);
        code.JumpIf(R3, Equal, Wire16(0x0800), "ipv4");
        code.JumpIf(R3, Equal, Wire16(0x86DD), "ipv6");
        code.Jump("pass");
    }

    private static void EmitVerdicts(BpfAssembler code, int counts)
    {
        Outcome(code, DecapReason.Delivered, XdpAbi.XDP_PASS);
        Outcome(code, DecapReason.SourceNotAllowed, XdpAbi.XDP_PASS);
        foreach (DecapReason reason in Dropped) Outcome(code, reason, XdpAbi.XDP_DROP);

        code.Label("count");
        code.Store(Bits32, R10, DecapStack.CounterKey, 0);
        code.LoadMap(R1, counts);
        code.Move(R2, R10);
        code.Add(R2, DecapStack.CounterKey);
        code.Call(BpfAbi.BPF_FUNC_map_lookup_elem);
        code.JumpIf(R0, Equal, 0, "end");
        code.Add(R0, R9);
        code.Load(Bits64, R1, R0, 0);
        code.Add(R1, 1);
        code.Store(Bits64, R0, 0, R1);
        code.Label("end");
        code.Move(R0, R8);
        code.Exit();

        code.Label("pass");
        code.Move(R0, XdpAbi.XDP_PASS);
        code.Exit();

        // Cannot happen to a frame that got so far; the kernel has a tracepoint for it (xdp:xdp_exception).
        code.Label("aborted");
        code.Move(R0, XdpAbi.XDP_ABORTED);
        code.Exit();
    }

    private static ReadOnlySpan<DecapReason> Dropped =>
    [
        DecapReason.Runt, DecapReason.BadLength, DecapReason.BadChecksum, DecapReason.BadHeader, DecapReason.FragmentUnknown,
        DecapReason.GreUnsupported, DecapReason.GueUnsupported, DecapReason.CongestionNotCarried,
    ];

    // Where a reason is found, the jump goes to its name.
    private static void Outcome(BpfAssembler code, DecapReason reason, int verdict)
    {
        code.Label(reason.ToString());
        code.Move(R9, (int)reason * sizeof(long));
        code.Move(R8, verdict);
        code.Jump("count");
    }
}

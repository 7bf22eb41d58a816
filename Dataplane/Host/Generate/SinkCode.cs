using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>
/// The program at the device's entry: counts and drops frames that bear this run's stamp, in whatever form they come; all others are the kernel's. R6 the packet's number, R7 its
/// round trip, R9 its length.
/// </summary>
internal static class SinkCode
{
    private const short Key = -4, Counts = -16;
    private const int ShortestFrame = EthernetHeader.Size + Ipv4Header.Size + Stamp.Bytes, LongestFrame = 0x3FFF;

    /// <param name="run">Of the stamp.</param>
    /// <param name="flows">How many.</param>
    /// <param name="counts">Map of one <see cref="SinkCounts"/> a processor.</param>
    /// <param name="latest">Map of 32 bits a flow: its highest number so far, and one.</param>
    public static bpf_insn[] Assemble(int run, int flows, int counts, int latest)
    {
        BpfAssembler code = new();
        ReadStamp(code, run);
        code.Store(Bits32, R10, Key, 0);
        LookUp(code, counts);
        code.Store(Bits64, R10, Counts, R0);
        Count(code);
        CountRoundTrip(code);
        CompareOrder(code, flows, latest);
        code.Label("ours");
        code.Move(R0, XdpAbi.XDP_DROP);
        code.Exit();
        code.Label("not ours");
        code.Move(R0, XdpAbi.XDP_PASS);
        code.Exit();
        return code.Assemble();
    }

    private static void ReadStamp(BpfAssembler code, int run)
    {
        code.Load(Bits32, R7, R1, 0);
        code.Load(Bits32, R8, R1, 4);
        code.Move(R9, R8);
        code.Subtract(R9, R7);
        code.JumpIf(R9, Less, ShortestFrame, "not ours");
        code.JumpIf(R9, Greater, LongestFrame, "not ours");
        PassIcmp(code);
        code.Move(R2, R9);
        code.Add(R2, -Stamp.Bytes);
        code.Add(R7, R2);
        code.Move(R1, R7);
        code.Add(R1, Stamp.Bytes);
        code.JumpIf(R1, Greater, R8, "not ours");
        code.Load(Bits32, R1, R7, Stamp.RunAt);
        code.JumpIf(R1, NotEqual, run, "not ours");
        code.Load(Bits32, R6, R7, Stamp.NumberAt);
        code.Load(Bits64, R7, R7, Stamp.TimeAt);
        code.Call(BpfAbi.BPF_FUNC_ktime_get_ns);
        code.Move(R8, R0);
        code.Subtract(R0, R7);
        code.Move(R7, R0);
    }

    // An error quotes the packet that it is about, stamp and all.
    private static void PassIcmp(BpfAssembler code)
    {
        code.Move(R1, R7);
        code.Add(R1, ShortestFrame);
        code.JumpIf(R1, Greater, R8, "not ours");
        code.Load(Bits16, R1, R7, 12);
        code.Load(Bits8, R2, R7, EthernetHeader.Size + 9);
        code.JumpIf(R1, NotEqual, FrameSteps.Wire16(FrameSteps.EtherTypeIpv4), "not IPv4");
        code.JumpIf(R2, Equal, IpProtocol.Icmp, "not ours");
        code.Label("not IPv4");
        code.Load(Bits8, R2, R7, EthernetHeader.Size + 6);
        code.JumpIf(R1, NotEqual, FrameSteps.Wire16(FrameSteps.EtherTypeIpv6), "no ICMP");
        code.JumpIf(R2, Equal, IpProtocol.Icmpv6, "not ours");
        code.Label("no ICMP");
    }

    // The map's value for the key at Key, in R0.
    private static void LookUp(BpfAssembler code, int map)
    {
        code.LoadMap(R1, map);
        code.Move(R2, R10);
        code.Add(R2, Key);
        code.Call(BpfAbi.BPF_FUNC_map_lookup_elem);
        code.JumpIf(R0, Equal, 0, "ours");
    }

    private static void Count(BpfAssembler code)
    {
        code.Load(Bits64, R1, R0, SinkCounts.FramesAt);
        code.JumpIf(R1, NotEqual, 0, "not the first");
        code.Store(Bits64, R0, SinkCounts.FirstAt, R8);
        code.Label("not the first");
        code.Add(R1, 1);
        code.Store(Bits64, R0, SinkCounts.FramesAt, R1);
        code.Load(Bits64, R1, R0, SinkCounts.BytesAt);
        code.Add(R1, R9);
        code.Store(Bits64, R0, SinkCounts.BytesAt, R1);
        code.Store(Bits64, R0, SinkCounts.LastAt, R8);
        code.Load(Bits64, R1, R0, SinkCounts.LongestAt);
        code.JumpIf(R1, Greater, R7, "not the longest");
        code.Store(Bits64, R0, SinkCounts.LongestAt, R7);
        code.Label("not the longest");
    }

    // Bucket = 8 x shift + what is left, where the shift leaves 8 to 15: an eighth of an octave each (see RoundTrips).
    private static void CountRoundTrip(BpfAssembler code)
    {
        code.Move(R3, R7);
        code.Move(R4, 0);
        foreach (int step in (int[])[32, 16, 8, 4, 2, 1])
        {
            code.Move(R5, R3);
            code.ShiftRight(R5, step);
            code.JumpIf(R5, Less, 8, $"below {step}");
            code.Move(R3, R5);
            code.Add(R4, step);
            code.Label($"below {step}");
        }

        code.ShiftLeft(R4, 3);
        code.Add(R4, R3);
        code.And(R4, RoundTrips.Buckets - 1);
        code.ShiftLeft(R4, 3);
        code.Add(R0, R4);
        code.Load(Bits64, R1, R0, SinkCounts.BucketsAt);
        code.Add(R1, 1);
        code.Store(Bits64, R0, SinkCounts.BucketsAt, R1);
    }

    // Numbers wrap, so it is the sign of the difference that counts. Two processors may judge one flow at once; a count may then be one off.
    private static void CompareOrder(BpfAssembler code, int flows, int latest)
    {
        SendCode.FlowOf(code, R2, R6, flows);
        code.Store(Bits32, R10, Key, R2);
        LookUp(code, latest);
        code.Add(R6, 1);
        code.Load(Bits32, R1, R0, 0);
        code.Move(R3, R6);
        code.Subtract(R3, R1);
        code.ShiftLeft(R3, 32);
        code.ShiftRight(R3, 32);
        code.JumpIf(R3, Equal, 0, "overtaken");
        code.JumpIf(R3, Greater, int.MaxValue, "overtaken");
        code.Store(Bits32, R0, 0, R6);
        code.Jump("ours");
        code.Label("overtaken");
        code.Load(Bits64, R2, R10, Counts);
        code.Load(Bits64, R1, R2, SinkCounts.OvertakenAt);
        code.Add(R1, 1);
        code.Store(Bits64, R2, SinkCounts.OvertakenAt, R1);
    }
}

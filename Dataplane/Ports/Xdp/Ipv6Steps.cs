using RustyRail.Dataplane.Packets;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.FrameSteps;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>IPv6 in rules 3 and 4 (RFC 8200 sections 3 and 4).</summary>
internal static class Ipv6Steps
{
    private const int HeaderBytes = 40, NextHeaderAt = 6, Version6 = 0x60;
    private const int HopByHop = 0, Routing = 43, DestinationOptions = 60, MaxExtensions = 4;

    /// <summary>From the outermost header at R7 to GRE at R9, over those extension headers that may stand before it.</summary>
    public static void StepToGre(BpfAssembler code, string otherwise)
    {
        RequireHeader(code, R7);
        code.Load(Bits8, R4, R7, NextHeaderAt);
        code.Move(R9, R7);
        code.Add(R9, HeaderBytes);
        for (int i = 0; i < MaxExtensions; i++) StepOverExtension(code, i, otherwise);
        code.JumpIf(R4, NotEqual, IpProtocol.Gre, otherwise);
        code.Label("IPv6 GRE");
    }

    public static void RequireHeader(BpfAssembler code, Register at)
    {
        RequireBytes(code, at, HeaderBytes, Ours);
        code.Load(Bits8, R3, at, 0);
        code.And(R3, 0xF0);
        code.JumpIf(R3, NotEqual, Version6, Ours);
    }

    /// <summary>Rule 5: whose is a packet to a VIP? The types are those of RFC 4861 section 4.</summary>
    public static void TellNeighbourDiscovery(BpfAssembler code)
    {
        const int Icmpv6 = 58, RouterSolicitation = 133, Redirect = 137;
        code.Load(Bits8, R2, R7, NextHeaderAt);
        code.JumpIf(R2, NotEqual, Icmpv6, Ours);
        RequireBytes(code, R7, HeaderBytes + 1, Ours);
        code.Load(Bits8, R2, R7, HeaderBytes);
        code.JumpIf(R2, Less, RouterSolicitation, Ours);
        code.JumpIf(R2, Greater, Redirect, Ours);
        code.Jump(Hosts);
    }

    // R4: what kind of header is at R9. The second byte is the length in units of 8 bytes, without the first 8.
    private static void StepOverExtension(BpfAssembler code, int number, string otherwise)
    {
        string isExtension = $"extension {number}";
        code.JumpIf(R4, Equal, IpProtocol.Gre, "IPv6 GRE");
        code.JumpIf(R4, Equal, HopByHop, isExtension);
        code.JumpIf(R4, Equal, Routing, isExtension);
        code.JumpIf(R4, NotEqual, DestinationOptions, otherwise);
        code.Label(isExtension);
        RequireBytes(code, R9, 2, otherwise);
        code.Load(Bits8, R4, R9, 0);
        code.Load(Bits8, R3, R9, 1);
        code.Add(R3, 1);
        code.ShiftLeft(R3, 3);
        code.Add(R9, R3);
        code.JumpIf(R9, Greater, R8, otherwise);
    }
}

using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.FrameSteps;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>Rules 1 and 2: the Ethernet header and up to two VLAN tags (IEEE 802.1Q, 802.1ad).</summary>
internal static class LinkSteps
{
    private const int EthernetBytes = 14, TypeAt = 12;
    private const int TagBytes = 4, MaxTags = 2, CustomerTag = 0x8100, ServiceTag = 0x88A8;

    /// <summary>From the frame in R7 to the IP header that it carries, at R7 and at one of the two labels.</summary>
    public static void StepOver(BpfAssembler code, int device, string ipv4, string ipv6)
    {
        RequireBytes(code, R7, EthernetBytes, Ours);
        RequireOwnAddress(code, device);
        code.Load(Bits16, R2, R7, TypeAt);
        code.Add(R7, EthernetBytes);
        for (int tag = 0; ; tag++)
        {
            code.JumpIf(R2, Equal, Wire16(EtherTypeIpv4), ipv4);
            code.JumpIf(R2, Equal, Wire16(EtherTypeIpv6), ipv6);
            if (tag == MaxTags) break;
            string isTag = $"tag {tag}";
            code.JumpIf(R2, Equal, Wire16(CustomerTag), isTag);
            code.JumpIf(R2, NotEqual, Wire16(ServiceTag), Hosts);
            code.Label(isTag);
            RequireBytes(code, R7, TagBytes, Ours);
            code.Load(Bits16, R2, R7, TagBytes - 2);
            code.Add(R7, TagBytes);
        }

        code.Jump(Hosts);
    }

    // Broadcasts are the kernel's too: it answers none with an ICMP error.
    private static void RequireOwnAddress(BpfAssembler code, int device)
    {
        code.LoadMapValue(R1, device);
        code.Load(Bits32, R2, R1, 0);
        code.Load(Bits32, R3, R7, 0);
        code.JumpIf(R2, NotEqual, R3, Hosts);
        code.Load(Bits16, R2, R1, 4);
        code.Load(Bits16, R3, R7, 4);
        code.JumpIf(R2, NotEqual, R3, Hosts);
    }
}

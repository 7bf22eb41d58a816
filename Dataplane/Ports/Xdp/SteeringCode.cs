using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.FrameSteps;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// Which frames are a worker's and which are the kernel's, by the section "Whose" of docs/design/packet-classes.md; the
/// pipeline applies the same rules. The kernel never sees GRE whose inner destination is a VIP (without a GRE handler it would answer
/// "protocol unreachable" and break the client). A worker's frame while no worker listens is dropped.
/// </summary>
internal static class SteeringCode
{
    private const string Ipv4 = "IPv4", Ipv6 = "IPv6", Ipv4ByDestination = "IPv4 by destination", Ipv6ByDestination = "IPv6 by destination";

    /// <param name="vips">Descriptor of the map, likewise <paramref name="device"/>.</param>
    public static bpf_insn[] Assemble(int vips, int device, SteeringForm form)
    {
        BpfAssembler code = new();
        code.Move(R6, R1);
        form.Begin(code, Hosts);
        LinkSteps.StepOver(code, device, Ipv4, Ipv6);

        code.Label(Ipv6);
        Ipv6Steps.StepToGre(code, Ipv6ByDestination);
        GreSteps.Judge(code, vips, Ipv6, Ipv6ByDestination);
        code.Label(Ipv6ByDestination);
        VipLookUp.Ipv6(code, vips, VipKind.PlainIpv6, R7);
        code.JumpIf(R0, Equal, 0, Hosts);
        Ipv6Steps.TellNeighbourDiscovery(code);

        code.Label(Ipv4);
        Ipv4Steps.StepToGre(code, Ipv4ByDestination);
        GreSteps.Judge(code, vips, Ipv4, Ipv4ByDestination);
        code.Label(Ipv4ByDestination);
        VipLookUp.Ipv4(code, vips, VipKind.PlainIpv4, R7);
        code.JumpIf(R0, Equal, 0, Hosts);

        code.Label(Ours);
        form.TakeFrame(code);

        code.Label(Hosts);
        form.LeaveFrame(code);
        return code.Assemble();
    }
}

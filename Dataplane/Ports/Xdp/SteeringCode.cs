using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Ports.Xdp.Condition;
using static RustyRail.Dataplane.Ports.Xdp.FrameSteps;
using static RustyRail.Dataplane.Ports.Xdp.Register;
using static RustyRail.Dataplane.Ports.Xdp.Width;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// The XDP program: which frames are a worker's and which are the kernel's, by the section "Whose" of docs/design/packet-classes.md; the
/// pipeline applies the same rules. The kernel never sees GRE whose inner destination is a VIP (without a GRE handler it would answer
/// "protocol unreachable" and break the client). A worker's frame while no worker listens is dropped.
/// </summary>
internal static class SteeringCode
{
    // struct xdp_md.
    private const short DataAt = 0, DataEndAt = 4, QueueAt = 16;

    private const string Ipv4 = "IPv4", Ipv6 = "IPv6", Ipv4ByDestination = "IPv4 by destination", Ipv6ByDestination = "IPv6 by destination";

    /// <summary>The arguments are descriptors of maps.</summary>
    public static bpf_insn[] Assemble(int vips, int sockets, int device)
    {
        BpfAssembler code = new();
        code.Move(R6, R1);
        code.Load(Bits32, R7, R6, DataAt);
        code.Load(Bits32, R8, R6, DataEndAt);
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
        code.LoadMap(R1, sockets);
        code.Load(Bits32, R2, R6, QueueAt);
        code.Move(R3, XdpAbi.XDP_DROP);
        code.Call(BpfAbi.BPF_FUNC_redirect_map);
        code.Exit();

        code.Label(Hosts);
        code.Move(R0, XdpAbi.XDP_PASS);
        code.Exit();
        return code.Assemble();
    }
}

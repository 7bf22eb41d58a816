using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.Tc;

/// <summary>
/// The program at a device's ingress, behind the taps: a worker has its copy already, so its frames are dropped here; what the host gets
/// goes on to whatever else is attached. A VLAN tag is not in the frame any more at this point, which changes no verdict.
/// </summary>
internal sealed class IngressForm : SteeringForm
{
    // struct __sk_buff.
    private const short LengthAt = 0, DataAt = 76, DataEndAt = 80;

    /// <summary>Ethernet, two tags, the longest IPv4 header, GRE with all options, an inner header: what must lie in one piece.</summary>
    private const int HeaderBytes = 192;

    public override void Begin(BpfAssembler code, string host)
    {
        LoadFrame(code);

        // Drivers leave most of a frame in pages of their own; what is behind R8 then is not the frame's end.
        code.Load(Width.Bits32, Register.R2, Register.R6, LengthAt);
        code.JumpIf(Register.R2, Condition.Less, HeaderBytes, "all of it");
        code.Move(Register.R2, HeaderBytes);
        code.Label("all of it");
        code.Move(Register.R3, Register.R7);
        code.Add(Register.R3, Register.R2);
        code.JumpIf(Register.R3, Condition.Greater, Register.R8, "in pieces");
        code.Jump("in one piece");
        code.Label("in pieces");
        code.Move(Register.R1, Register.R6);
        code.Call(BpfAbi.BPF_FUNC_skb_pull_data);
        code.JumpIf(Register.R0, Condition.NotEqual, 0, host);
        LoadFrame(code);
        code.Label("in one piece");
    }

    public override void TakeFrame(BpfAssembler code)
    {
        code.Move(Register.R0, TcAbi.TC_ACT_SHOT);
        code.Exit();
    }

    public override void LeaveFrame(BpfAssembler code)
    {
        code.Move(Register.R0, TcAbi.TC_ACT_UNSPEC);
        code.Exit();
    }

    private static void LoadFrame(BpfAssembler code)
    {
        code.Load(Width.Bits32, Register.R7, Register.R6, DataAt);
        code.Load(Width.Bits32, Register.R8, Register.R6, DataEndAt);
    }
}

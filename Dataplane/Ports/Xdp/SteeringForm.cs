using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// What differs between the kinds of program that judge frames by <see cref="SteeringCode"/>: how they get at a frame's bytes and what they
/// do with the verdict. All have the context in R6.
/// </summary>
internal abstract class SteeringForm
{
    /// <summary>Sets R7 to the frame and R8 to its end. A frame that cannot be read jumps to <paramref name="host"/>.</summary>
    public abstract void Begin(BpfAssembler code, string host);

    /// <summary>Ends the program with a worker's frame.</summary>
    public abstract void TakeFrame(BpfAssembler code);

    /// <summary>Ends the program with a frame of the host's.</summary>
    public abstract void LeaveFrame(BpfAssembler code);
}

/// <summary>The XDP program: a worker's frames go to the socket of their queue, and are dropped while there is none.</summary>
internal sealed class XdpForm(int sockets) : SteeringForm
{
    // struct xdp_md.
    private const short DataAt = 0, DataEndAt = 4, QueueAt = 16;

    public override void Begin(BpfAssembler code, string host)
    {
        code.Load(Width.Bits32, Register.R7, Register.R6, DataAt);
        code.Load(Width.Bits32, Register.R8, Register.R6, DataEndAt);
    }

    public override void TakeFrame(BpfAssembler code)
    {
        code.LoadMap(Register.R1, sockets);
        code.Load(Width.Bits32, Register.R2, Register.R6, QueueAt);
        code.Move(Register.R3, XdpAbi.XDP_DROP);
        code.Call(BpfAbi.BPF_FUNC_redirect_map);
        code.Exit();
    }

    public override void LeaveFrame(BpfAssembler code)
    {
        code.Move(Register.R0, XdpAbi.XDP_PASS);
        code.Exit();
    }
}

using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Reference;

/// <summary>What the client's half of a connection tells of its state; in flows by address only acknowledgements count.</summary>
internal static class States
{
    public static FlowState OfNew(int tcpFlags, FlowClass flowClass)
    {
        if (flowClass == FlowClass.Udp) return FlowState.Established;
        if (flowClass == FlowClass.Other) return After(FlowState.Opening, tcpFlags, flowClass);
        if ((tcpFlags & Control.Syn) != 0) return FlowState.Opening;
        return (tcpFlags & (Control.Fin | Control.Reset)) != 0 ? FlowState.Closing : FlowState.Established;
    }

    public static FlowState After(FlowState state, int tcpFlags, FlowClass flowClass)
    {
        switch (flowClass)
        {
            case FlowClass.Udp:
                return FlowState.Established;
            case FlowClass.Other:
                return (tcpFlags & (Control.Acknowledge | Control.Syn | Control.Reset)) == Control.Acknowledge ? FlowState.Established : state;
            default:
                if ((tcpFlags & (Control.Fin | Control.Reset)) != 0) return FlowState.Closing;
                return state == FlowState.Opening && (tcpFlags & Control.Syn) == 0 ? FlowState.Established : state;
        }
    }
}

/// <summary>RFC 9293 section 3.1.</summary>
internal static class Control
{
    public const int Fin = 1, Syn = 2, Reset = 4, Acknowledge = 16;
}

using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>A direct-return balancer sees only the client's half of a TCP connection; this is what can be told from it.</summary>
internal static class FlowStates
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowState OfNew(byte tcpFlags, FlowClass flowClass) => flowClass switch
    {
        FlowClass.Tcp when (tcpFlags & TcpHeader.Syn) != 0 => FlowState.Opening,
        FlowClass.Tcp when (tcpFlags & (TcpHeader.Fin | TcpHeader.Reset)) != 0 => FlowState.Closing,
        FlowClass.Other => OfAddresses(FlowState.Opening, tcpFlags),
        _ => FlowState.Established,
    };

    public static FlowState After(FlowState state, byte tcpFlags, FlowClass flowClass)
    {
        if (flowClass == FlowClass.Udp) return FlowState.Established;
        if (flowClass == FlowClass.Other) return OfAddresses(state, tcpFlags);
        if ((tcpFlags & (TcpHeader.Fin | TcpHeader.Reset)) != 0) return FlowState.Closing;
        // A SYN inside an established flow may be forged: it changes nothing.
        bool opens = state == FlowState.Opening && (tcpFlags & TcpHeader.Syn) == 0;
        return opens ? FlowState.Established : state;
    }

    /// <summary>
    /// A flow by address holds all connections of a client: it lasts as long as the longest of them may be silent, once one is more than a
    /// SYN. The end of one is not the end of all.
    /// </summary>
    private static FlowState OfAddresses(FlowState state, byte tcpFlags) =>
        (tcpFlags & TcpHeader.Acknowledge) != 0 && (tcpFlags & (TcpHeader.Syn | TcpHeader.Reset)) == 0 ? FlowState.Established : state;

    /// <summary>The client reuses the ports of a connection that it has closed: a new flow.</summary>
    public static bool IsReopened(FlowState state, byte tcpFlags) => state == FlowState.Closing && (tcpFlags & TcpHeader.Syn) != 0;
}

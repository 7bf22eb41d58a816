namespace RustyRail.Dataplane.Native;

/// <summary>linux/if_xdp.h since 6.17: how many frames one call sends in copy mode. Checked by a test where the C headers are that new.</summary>
internal static class XskBudgetAbi
{
    public const int XDP_MAX_TX_SKB_BUDGET = 9;
}

using System.Net.NetworkInformation;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>A neighbour as it is now, or as it was when it went.</summary>
internal sealed record NeighbourSeen(Neighbour Neighbour, bool IsGone)
{
    public PhysicalAddress? UsableMac => IsGone ? null : Neighbour.UsableMac;
}

/// <summary>Something about routes, rules, addresses or links is no longer as it was.</summary>
internal sealed record KernelChanged
{
    public static KernelChanged Instance { get; } = new();
}

/// <summary>The socket overflowed: what is known may be wrong anywhere.</summary>
internal sealed record NotificationsLost
{
    public static NotificationsLost Instance { get; } = new();
}

internal sealed record ListenerEnded(KernelListener Listener, string Reason);

using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Hashing;

/// <summary>A keyed hash of flow keys, used only as a generic constraint on structs.</summary>
internal interface IFlowHash
{
    /// <param name="addresses">Source in the low, destination in the high half, packet order.</param>
    /// <param name="rest">Ports in the low half, flow class in the high half.</param>
    ulong Of(ulong addresses, ulong rest);

    ulong OfIpv6(in IpKey source, in IpKey destination, ulong rest);
}

/// <summary>One algorithm: the loops over usual packets are compiled for each.</summary>
internal interface IFlowHash<TSelf> : IFlowHash
    where TSelf : struct, IFlowHash<TSelf>
{
    /// <summary><see cref="FlowHashKey.Algorithm"/>; any change of what it gives needs another.</summary>
    static abstract int Algorithm { get; }

    static abstract TSelf Keyed(ulong key0, ulong key1);
}

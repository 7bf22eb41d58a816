using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Hashing;

/// <summary>Whichever hash a snapshot's key names, asked anew each time: for everybody but the loops over usual packets.</summary>
internal readonly unsafe struct ClusterFlowHash(SnapshotHeader* header) : IFlowHash
{
    private readonly ulong _key0 = header->HashKey0, _key1 = header->HashKey1;
    private readonly bool _isSip = header->HashAlgorithm == SipFlowHash.Algorithm;

    public ulong Of(ulong addresses, ulong rest) => _isSip ? new SipFlowHash(_key0, _key1).Of(addresses, rest) : new FlowHash(_key0, _key1).Of(addresses, rest);

    public ulong OfIpv6(in IpKey source, in IpKey destination, ulong rest) =>
        _isSip ? new SipFlowHash(_key0, _key1).OfIpv6(source, destination, rest) : new FlowHash(_key0, _key1).OfIpv6(source, destination, rest);
}

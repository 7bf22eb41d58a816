using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Bench.Parts;

/// <summary>Many different flows to one VIP.</summary>
internal static class FlowKeys
{
    public const ulong Key0 = 0x5275_7374_7952_6169, Key1 = 0x6C52_6573_706F_6E73;

    private const ulong Vip = 0x0100_010A;

    public static FlowKey Numbered(uint flow) => new((flow * 0x9E37_79B1) | (Vip << 32), 0x5000_0000 | (flow >> 8), FlowClass.Tcp);

    public static ulong Hash(in FlowKey key) => new FlowHash(Key0, Key1).Of(key.Addresses, key.Ports | ((ulong)key.Class << 32));
}

using System.Buffers.Binary;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Reference;

/// <summary>What the packets of one flow have in common.</summary>
/// <param name="Ports">As they lie in the packet, read as a little-endian word; or the protocol, where there are none; 0 in flows by address.</param>
/// <param name="ByAddress">The service, if its flows are by address.</param>
internal readonly record struct FlowName(Address Source, Address Destination, uint Ports, FlowClass Class, string? ByAddress)
{
    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15, RootOfTwo = 0x6A09_E667_F3BC_C909;
    private const uint ByAddressMark = 0x10000;

    /// <summary>The cluster's hash, algorithm 1: two rounds of 64 by 64 bits, the halves folded.</summary>
    public ulong Hash(FlowHashKey key, uint nameHash)
    {
        ulong rest = (ByAddress is null ? Ports : ByAddressMark | nameHash) | ((ulong)Class << 32);
        if (!Source.IsIpv6) return Mix(key, LittleEndian((uint)Source.Number) | ((ulong)LittleEndian((uint)Destination.Number) << 32), rest);
        ulong first = Mix(key, High(Source), Low(Source));
        return Mix(key, Mix(key, High(Destination) ^ first, Low(Destination)), rest);
    }

    private static ulong Mix(FlowHashKey key, ulong a, ulong b)
    {
        UInt128 once = (UInt128)(a ^ key.Key0) * (b ^ key.Key1 ^ GoldenRatio);
        ulong left = (ulong)(once >> 64) ^ a ^ key.Key1, right = (ulong)once ^ b ^ key.Key0 ^ RootOfTwo;
        UInt128 twice = (UInt128)left * right;
        return (ulong)(twice >> 64) ^ (ulong)twice;
    }

    private static ulong High(in Address address) => BinaryPrimitives.ReverseEndianness((ulong)(address.Number >> 64));

    private static ulong Low(in Address address) => BinaryPrimitives.ReverseEndianness((ulong)address.Number);

    private static uint LittleEndian(uint number) => BinaryPrimitives.ReverseEndianness(number);
}

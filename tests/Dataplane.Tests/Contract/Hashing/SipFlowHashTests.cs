using System.Buffers.Binary;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Snapshots;

namespace Dataplane.Tests.Contract.Hashing;

public sealed class SipFlowHashTests
{
    /// <summary>
    /// What CPython 3.11, whose own hash this is, gives for hash() of the same bytes with PYTHONHASHSEED 0, 7 and 12345; the keys are the first 16 bytes that it derives from those.
    /// </summary>
    [Theory]
    [InlineData(0, 0, 0x76be_999e_3e25_b2a0, 0x6107_cc58_7515_790b, 0x3502_9a3b_6274_a39b)]
    [InlineData(0x12c8_74a1_806f_0e3d, 0x470a_89d2_f9d2_784f, 0x4bf3_5853_abd5_80cb, 0xedad_5f9b_605b_eeef, 0x7c44_8d4c_814f_d2a9)]
    [InlineData(0x2555_6dc4_6dc3_dca0, 0xfc3e_e4db_d06f_6c90, 0x4b43_2b76_b8b4_bdc5, 0xae34_8694_d0f1_d55e, 0xa9ae_4e09_b704_6ae9)]
    public void It_is_SipHash_1_3_of_the_two_words(ulong key0, ulong key1, ulong ofZeros, ulong ofFlow, ulong ofOnes)
    {
        SipFlowHash hash = new(key0, key1);
        Assert.Equal(ofZeros, hash.Of(0, 0));
        Assert.Equal(ofFlow, hash.Of(0x0100_010A_0100_000A, 0x1_5000_3930));
        Assert.Equal(ofOnes, hash.Of(ulong.MaxValue, ulong.MaxValue));
    }

    /// <summary>As above, of the bytes 0 to 39.</summary>
    [Theory]
    [InlineData(0, 0, 0x95bc_321a_b41d_8206)]
    [InlineData(0x12c8_74a1_806f_0e3d, 0x470a_89d2_f9d2_784f, 0x4b1c_7f0d_8fc0_bca9)]
    [InlineData(0x2555_6dc4_6dc3_dca0, 0xfc3e_e4db_d06f_6c90, 0x26f4_696a_4c53_d7cd)]
    public void Of_an_IPv6_flow_it_is_that_of_the_five_words(ulong key0, ulong key1, ulong expected)
    {
        byte[] bytes = [.. Enumerable.Range(0, 40).Select(i => (byte)i)];
        ulong Word(int i) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8 * i));
        SipFlowHash hash = new(key0, key1);
        Assert.Equal(expected, hash.OfIpv6(new IpKey { High = Word(0), Low = Word(1) }, new IpKey { High = Word(2), Low = Word(3) }, Word(4)));
    }

    [Fact]
    public void Each_hash_says_its_number_and_takes_the_key_through_the_constraint()
    {
        Assert.Equal((FlowHashKey.MultiplyMix, new FlowHash(1, 2).Of(3, 4)), Through<FlowHash>());
        Assert.Equal((FlowHashKey.SipHash13, new SipFlowHash(1, 2).Of(3, 4)), Through<SipFlowHash>());
        Assert.NotEqual(Through<FlowHash>(), Through<SipFlowHash>());
    }

    private static (int Algorithm, ulong Hash) Through<THash>()
        where THash : struct, IFlowHash<THash> => (THash.Algorithm, THash.Keyed(1, 2).Of(3, 4));
}

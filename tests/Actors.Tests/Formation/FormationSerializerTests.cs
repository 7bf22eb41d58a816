using System.Runtime.Serialization;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Membership;
using RustyRail.Contract.Hashing;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Tests.Formation;

/// <summary>As ReplicatedSerializerTests: programs of other versions have these bytes. A new field goes to an end; these stay.</summary>
public sealed class FormationSerializerTests
{
    private static readonly NodeCard Card = new(2, 1, "1.0", "lb1", -7, "ab");

    private readonly ReplicatedSerializer _serializer = new(null!);

    public static TheoryData<object, string, string> Golden() => new()
    {
        { Roster.Empty.Merge(Roster.Empty.Change("lb1", Presence.Left, "192.0.2.1:4053")!), "RO", "0101036C623111" + "01020E3139322E302E322E313A34303533" },
        { RosterKey.Instance, "RK", "06726F73746572" },
        { new Knock(Card), "FK", "1202010" + "3312E30036C6231F9FFFFFF0F026162" },
        { new Outside(Card), "FO", "1202010" + "3312E30036C6231F9FFFFFF0F026162" },
        { new TurnedAway(Card, "no", IsInside: true), "FT", "1202010" + "3312E30036C6231F9FFFFFF0F026162" + "026E6F01" },
        {
            new Inside(Card, [new InsideMember("192.0.2.1:4053", 5, true)], new FlowHashKey(1, 2, 1)), "FI",
            "1202010" + "3312E30036C6231F9FFFFFF0F026162" + "01110E3139322E302E322E313A343035330501" + "1301080100000000000000080200000000000000"
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Each_type_has_its_manifest_and_its_golden_bytes_and_comes_back(object value, string manifest, string golden)
    {
        Assert.Equal(manifest, _serializer.Manifest(value));
        Assert.Equal(golden, Convert.ToHexString(_serializer.ToBinary(value)));
        object back = _serializer.FromBinary(Convert.FromHexString(golden), manifest);
        Assert.Equal(value.GetType(), back.GetType());
        Assert.Equal(golden, Convert.ToHexString(_serializer.ToBinary(back)));
    }

    [Fact]
    public void What_a_program_of_the_first_days_does_not_say_is_taken_for_no() =>
        Assert.False(((TurnedAway)_serializer.FromBinary(Convert.FromHexString("12020103312E30036C6231F9FFFFFF0F026162026E6F"), "FT")).IsInside);

    [Fact]
    public void What_comes_back_says_the_same()
    {
        var inside = new Inside(Card, [new InsideMember("192.0.2.1:4053", 5, true), new InsideMember("[2001:db8::1]:4053", -1, false)], null);

        var back = (Inside)_serializer.FromBinary(_serializer.ToBinary(inside), "FI");

        Assert.Equal(Card, back.Card);
        Assert.Equal(inside.Members.AsEnumerable(), back.Members.AsEnumerable());
        Assert.Null(back.Key);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void What_a_later_version_adds_at_the_end_is_passed_over(object value, string manifest, string golden)
    {
        // The roster's ends are inside its entries; keys have none.
        if (manifest is "RO" or "RK") return;
        object back = _serializer.FromBinary([.. Convert.FromHexString(golden), 1, 2, 3], manifest);
        Assert.Equal(_serializer.ToBinary(value), _serializer.ToBinary(back));
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Bytes_cut_short_are_refused(object value, string manifest, string golden)
    {
        byte[] whole = Convert.FromHexString(golden);
        Assert.Equal(_serializer.Manifest(value), manifest);
        // The last byte of this one came later: without it, it is a program's of the first days.
        int later = value is TurnedAway ? 1 : 0;
        for (int length = 0; length < whole.Length - later; length++)
        {
            byte[] cut = whole[..length];
            Assert.Throws<SerializationException>(() => _serializer.FromBinary(cut, manifest));
        }
    }
}

using System.Net;
using Akka.Actor;
using Akka.Serialization;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Membership;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>Other nodes and files on disk have these bytes: a test that fails here means a new version, not new golden bytes.</summary>
public sealed class ReplicatedSerializerTests(ITestOutputHelper output)
{
    private readonly ReplicatedSerializer _serializer = new(null!);

    private static CatalogueEntries Entries { get; } = CatalogueEntries.Of(
    [
        new(EntryId.Of(Samples.Web), Entry.Added(new Stamp(1, "lb1"), new PoolEntry(Samples.Pool("web")))),
        new(EntryId.Of(new BackendId(Samples.Web, "server1")), Entry.Added(new Stamp(1, "lb1"), new BackendEntry(Samples.Backend("server1", 1)))
            .WithValue(new Stamp(300, "lb2"), new BackendEntry(Samples.Backend("server1", 1) with { State = BackendState.Draining }))),
        new(EntryId.Of(new BackendId(Samples.Web, "server2")), Entry.Removed(new Stamp(2, "lb2"))),
        new(EntryId.Of(new ServiceId("web")), Entry.Added(new Stamp(1, "lb1"), new ServiceEntry(Samples.Service("web", "10.1.0.1", "web")))),
    ]).Merge(CatalogueEntries.SettledUpTo(CatalogueEntries.Of([new(EntryId.Of(new BackendId(Samples.Web, "x")), Entry.Removed(new Stamp(0x4000, "lb3")))])));

    private static ChangeLog Changes { get; } = ChangeLog.Of(
        new Change(new Stamp(1, "lb1"), DateTimeOffset.FromUnixTimeMilliseconds(1_000_000), new Author("ann", "desk"), "apply", null, 0x9000, null),
        new Change(new Stamp(2, "lb2"), DateTimeOffset.FromUnixTimeMilliseconds(1_000_001), new Author("bob", ""), "undo", new Stamp(1, "lb1"), 3, new PackedEntries([7, 8, 9])));

    public static TheoryData<object, string, string> Golden() => new()
    {
        {
            Entries, "CE",
            "0103036C6231036C6232036C623301808001020401037765620001000100118180040150000080897AC0843D02030100" +
            "020377656207736572766572310100AC020107040A00000164010203776562077365727665723202010201000300" +
            "03776562010001000F040A01000120065050037765620000"
        },
        { CatalogueKey.ForPool(Samples.Web), "CK", "12636174616C6F6775652F706F6F6C2F776562" },
        {
            Changes, "CL",
            "010201036C623118C0843D03616E6E046465736B056170706C79000080A0020002036C623217C1843D03626F620004756E646F01036C62310303070809"
        },
        { ChangeLogKey.Instance, "LK", "11636174616C6F6775652D6368616E676573" },
        { NodeStates.Empty.With("lb1", new NodeState(3, 200, "ab", "cd")), "NS", "0101036C62310903C801026162026364" },
        { NodeStatesKey.Instance, "NK", "056E6F646573" },
        {
            new HeldFlows("lb1", 300, 7, 1, IsLast: true, Telling.Whole, [new BackendId(Samples.Web, "server1"), new BackendId(Samples.Web, "server2")],
                [new(0x0123456789ABCDEF, 1, FlowClass.Tcp, FlowState.Established, 2), new(1, 0, FlowClass.Other, FlowState.Closing, 4095)]),
            "EH",
            "01036C6231AC02070101010203776562077365727665723103776562077365727665723218EFCDAB896745230101400210010000000000000000C0FF2F"
        },
        { new FlowsTaken("lb2", 300, 7, 1), "ET", "01036C6232AC020701" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Each_type_has_its_manifest_and_its_golden_bytes_and_comes_back_equal(object value, string manifest, string golden)
    {
        byte[] bytes = _serializer.ToBinary(value);

        Assert.Equal(manifest, _serializer.Manifest(value));
        Assert.Equal(golden, Convert.ToHexString(bytes));
        Assert.Equal(value, _serializer.FromBinary(Convert.FromHexString(golden), manifest));
    }

    [Fact]
    public void There_is_a_golden_value_for_every_type_that_is_bound() =>
        Assert.Equal(
            ReplicatedSerializer.Types.Order(ByName),
            Golden().Concat(Formation.FormationSerializerTests.Golden()).Select(row => row[0].GetType()).Order(ByName));

    [Fact]
    public void Fields_that_a_later_version_adds_to_a_value_are_passed_over()
    {
        EntryId id = EntryId.Of(new BackendId(Samples.Web, "server1"));
        var backend = new BackendEntry(Samples.Backend("server1", 1));

        Assert.Equal(backend, ValueCodec.Decode(id, [.. ValueCodec.Encode(backend), 1, 2, 3]));
    }

    public static TheoryData<ServiceSpec, string> Services()
    {
        ServiceSpec plain = Samples.Service("web", "10.1.0.1", "web");
        OverlaySpec overlay = new(0xFF_FFFF, 0x0A00_0000_0002, OverlaySpec.DefaultSource);
        const string Plain = "040A01000120065050037765620000", Overlay = "01FFFFFF07" + "82808080" + "80C002" + "818080808040";
        return new()
        {
            // As it was before there were the others.
            { plain, Plain },
            { plain with { MssClamp = 1220 }, Plain + "C409" },
            { plain with { Send = SendForm.Vxlan, Overlay = overlay }, "040A01000120065050037765620400" + "00" + Overlay },
            { plain with { Send = SendForm.Geneve, Overlay = overlay, MssClamp = 1220 }, "040A01000120065050037765620500" + "C409" + Overlay },
            { plain with { Vip = IPNetwork.Parse("2001:db8::/64"), Send = SendForm.L2 }, "1020010DB80000000000000000000000004006505003776562" + "0200" },
        };
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_has_only_the_bytes_that_it_needs(ServiceSpec service, string golden)
    {
        EntryId id = EntryId.Of(service.Id);

        Assert.Equal(golden, Convert.ToHexString(ValueCodec.Encode(new ServiceEntry(service))));
        Assert.Equal(new ServiceEntry(service), ValueCodec.Decode(id, Convert.FromHexString(golden)));
        if (service.Overlay is null) return;
        // What a later version adds.
        Assert.Equal(new ServiceEntry(service), ValueCodec.Decode(id, Convert.FromHexString(golden + "010203")));
        Assert.Equal(new ServiceEntry(service with { Overlay = null }), ValueCodec.Decode(id, Convert.FromHexString(golden[..^Overlay(golden)] + "00010203")));
    }

    [Fact]
    public void A_backend_may_have_an_IPv6_address()
    {
        var backend = new BackendEntry(Samples.Backend("server1", 1) with { Address = IPAddress.Parse("2001:db8::1") });

        byte[] bytes = ValueCodec.Encode(backend);

        Assert.Equal("1020010DB8000000000000000000000001" + "6400", Convert.ToHexString(bytes));
        Assert.Equal(backend, ValueCodec.Decode(EntryId.Of(backend.Backend.Id), bytes));
    }

    [Fact]
    public void Bytes_cut_short_or_of_another_version_are_refused()
    {
        byte[] bytes = EntriesCodec.Encode(Entries);

        for (int length = 0; length < bytes.Length; length++) Assert.Throws<FormatException>(() => EntriesCodec.Decode(bytes.AsSpan(0, length)));
        Assert.Throws<FormatException>(() => EntriesCodec.Decode([2, .. bytes[1..]]));
    }

    [Fact]
    public void A_catalogue_at_full_capacity_with_long_names_fits_into_one_message()
    {
        var pool = new PoolId(new string('p', 60));
        CatalogueEntries full = CatalogueEntries.Of(Enumerable.Range(0, Samples.Limits.Backends).Select(n =>
            new KeyValuePair<EntryId, Entry>(
                EntryId.Of(new BackendId(pool, $"{new string('b', 57)}{n:000000}")), Entry.Added(new Stamp(1_000_000, "lb1"), new BackendEntry(Samples.Backend("x", n, pool))))));

        int bytes = EntriesCodec.Encode(full).Length;

        output.WriteLine($"{Samples.Limits.Backends:N0} backends with names of 63 letters: {bytes:N0} bytes");
        Assert.True(bytes < 3 << 20, $"{bytes:N0} bytes");
    }

    [Fact]
    public async Task Our_types_go_by_this_serializer_in_a_running_system_and_unknown_types_by_none()
    {
        await using RunningNode node = await RunningNode.StartAsync(store: null);
        Serialization serialization = node.System.Serialization;

        foreach (Type type in ReplicatedSerializer.Types) Assert.IsType<ReplicatedSerializer>(serialization.FindSerializerForType(type));
        Serializer fallback = serialization.FindSerializerForType(typeof(AddBackend));
        Assert.IsType<NoFallbackSerializer>(fallback);
        Assert.Throws<NotSupportedException>(() => fallback.ToBinary(new GetCatalogue()));
    }

    // In hexadecimal digits, from the byte on that says that there is one.
    private static int Overlay(string golden) => golden.Length - golden.LastIndexOf("01FFFFFF07", StringComparison.Ordinal);

    private static Comparer<Type> ByName { get; } = Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));
}

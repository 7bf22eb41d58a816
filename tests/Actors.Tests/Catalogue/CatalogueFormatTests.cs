using System.Net;
using Akka.Actor;
using Akka.Cluster;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Formation;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>Nodes of two versions in one cluster, over real remoting on loopback: nothing is said that the older one would lose.</summary>
public sealed class CatalogueFormatTests
{
    private const int Older = ClusterFormat.Current - 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ServiceSpec Plain = Samples.WebAndMail.Services[new ServiceId("web")];
    private static readonly ServiceSpec Clamped = Plain with { MssClamp = 1220 };

    public static TheoryData<ServiceSpec, int> Services() => new()
    {
        { Plain, 1 },
        { Clamped, 2 },
        { Plain with { Send = SendForm.Ipip }, 2 },
        { Plain with { Send = SendForm.Vxlan, Overlay = new OverlaySpec(7, 2, 4) }, 2 },
        { Plain with { Vip = IPNetwork.Parse("2001:db8::/64") }, 2 },
        { Plain with { Vip = IPNetwork.Parse("::/0") }, 2 },
    };

    [Theory]
    [MemberData(nameof(Services))]
    public void What_an_older_program_would_lose_or_not_do_needs_the_newer_format(ServiceSpec service, int format)
    {
        Assert.Equal(format, CatalogueFormat.NeededBy(Entries(EntryId.Of(service.Id), new ServiceEntry(service))));
        BackendSpec six = Samples.Backend("server1", 1) with { Address = IPAddress.Parse("2001:db8::1") };
        Assert.Equal(2, CatalogueFormat.NeededBy(Entries(EntryId.Of(six.Id), new BackendEntry(six))));
        Assert.Equal(1, CatalogueFormat.NeededBy(Entries(EntryId.Of(six.Id), new BackendEntry(Samples.Backend("server1", 1)))));
        Assert.Equal(1, CatalogueFormat.NeededBy(CatalogueEntries.Of([new(EntryId.Of(service.Id), Entry.Removed(new Stamp(1, "lb1")))])));
    }

    [Fact]
    public async Task While_an_older_node_is_a_member_what_it_would_lose_is_refused_and_all_else_goes_on()
    {
        await using RunningNode first = await RunningNode.StartAsync(store: null, Samples.WebAndMail);
        await using RunningNode older = await RunningNode.JoinAsync(first, Options("lb2"), Older);
        await RunningNode.AgreeAsync(first, older);

        string reason = Assert.Single((await first.RejectAsync(new ApplyCatalogue(With(Clamped)))).Reasons);

        Assert.Equal("service web: lb2 has an older rustyrail, which knows no IPv6, no mssClamp and no send form but gre; upgrade it first", reason);
        await first.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));
        Assert.Single((await first.RejectAsync(new AddBackend(Samples.Backend("server4", 4) with { Address = IPAddress.Parse("2001:db8::4") }))).Reasons);
        await RunningNode.AgreeAsync(first, older);
    }

    [Fact]
    public async Task Once_it_is_said_an_older_node_is_turned_away_and_a_new_one_is_let_in()
    {
        await using RunningNode first = await RunningNode.StartAsync(store: null, With(Clamped));
        await using RunningNode older = await RunningNode.KnockAsync(first, Options("lb2"), Older);

        await RunningNode.UntilAsync(async () => (await older.Actor<DoorActor>().Ask<DoorReport>(new GetDoor(), Patience)).Problems.Any(problem =>
            problem.StartsWith("lb1 turns this node away: lb2 has rustyrail ", StringComparison.Ordinal)
            && problem.EndsWith($"(cluster format {Older}), lb1 has {ClusterFormat.Program} ({ClusterFormat.Current}): they do not understand each other", StringComparison.Ordinal)));
        await using RunningNode newer = await RunningNode.JoinAsync(first, "lb3");

        await RunningNode.AgreeAsync(first, newer);
        Assert.Equal(Clamped, (await newer.CatalogueAsync()).Spec.Services[Clamped.Id]);
        Assert.Equal(2, Cluster.Get(first.System).State.Members.Count);
    }

    private static CatalogueOptions Options(string node) => new() { Node = node, Limits = Samples.Limits, CatchUp = CatchUp.FromOthers };

    private static CatalogueSpec With(ServiceSpec service) => Samples.WebAndMail with { Services = Samples.WebAndMail.Services.SetItem(service.Id, service) };

    private static CatalogueEntries Entries(EntryId id, EntryValue value) => CatalogueEntries.Of([new(id, Entry.Added(new Stamp(1, "lb1"), value))]);
}

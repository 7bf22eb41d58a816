using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Formation;

/// <summary>Whom to knock at, and what each of them said lately.</summary>
internal sealed class Neighbourhood(Address self, IReadOnlyList<IPEndPoint> seeds, TimeProvider time)
{
    // Longer than an answer takes on a bad day, shorter than a restart.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(4);

    private readonly Dictionary<Address, (IFormationMessage Said, long At)> _heard = [];
    private readonly HashSet<Address> _former = [];

    public bool HasFormerPeers => _former.Count > 0;

    /// <summary>Nobody but this node is known of.</summary>
    public bool IsEmpty => !Targets().Any();

    public Address AddressOf(IPEndPoint endPoint) => self.WithHost(endPoint.Address.ToString()).WithPort(endPoint.Port);

    public void Remember(IEnumerable<IPEndPoint> former)
    {
        _former.Clear();
        _former.UnionWith(former.Select(AddressOf).Where(address => address != self));
    }

    public void Hear(Address from, IFormationMessage said) => _heard[from] = (said, time.GetTimestamp());

    public IEnumerable<Address> Targets() => seeds.Select(AddressOf).Concat(_former).Where(address => address != self).Distinct();

    public int RankOf(Address address)
    {
        int index = seeds.Select(AddressOf).TakeWhile(seed => seed != address).Count();
        return address == self && seeds.Count == 0 ? 0 : index < seeds.Count ? index : Math.Max(1, seeds.Count);
    }

    public ImmutableArray<Neighbour> Heard() =>
    [
        .. _heard.Where(entry => time.GetElapsedTime(entry.Value.At) <= Lately).Select(entry => new Neighbour(entry.Key, RankOf(entry.Key), entry.Value.Said)),
    ];

    public Outlook LookAround(bool hasKey, TimeSpan waited)
    {
        ImmutableArray<Neighbour> heard = Heard();
        bool all = Targets().All(target => heard.Any(neighbour => neighbour.Address == target));
        return new Outlook(self, RankOf(self), hasKey, HasFormerPeers, heard, all, waited);
    }
}

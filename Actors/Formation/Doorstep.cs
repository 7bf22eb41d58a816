using Akka.Actor;
using Akka.Cluster;

namespace RustyRail.Actors.Formation;

/// <summary>
/// Restarted nodes that wait to be let in. Their earlier incarnation must be removed first, which needs the consent of every member; one that is unreachable
/// gives none. Silence alone puts nobody aside: only silence that keeps another node out.
/// </summary>
internal sealed class Doorstep(TimeProvider time)
{
    // Removing the earlier incarnation takes a few seconds where nobody is missing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    private readonly Dictionary<(Address Address, int Uid), (long First, long Last)> _waiting = [];

    public void Stands(Address address, int uid)
    {
        long now = time.GetTimestamp();
        _waiting[(address, uid)] = _waiting.TryGetValue((address, uid), out var seen) && time.GetElapsedTime(seen.Last) < Fresh ? (seen.First, now) : (now, now);
    }

    /// <summary>Whom to put aside now. One node decides for all: the first of those that can be reached.</summary>
    public IReadOnlyList<Member> InTheWay(ClusterEvent.CurrentClusterState state, Address self)
    {
        foreach (var gone in _waiting.Where(entry => time.GetElapsedTime(entry.Value.Last) > Fresh).Select(entry => entry.Key).ToArray()) _waiting.Remove(gone);

        Member? deputy = state.Members.Where(member => member.Status == MemberStatus.Up && !state.Unreachable.Contains(member)).OrderBy(member => member.Address.ToString(), StringComparer.Ordinal).FirstOrDefault();
        bool isKeptOut = _waiting.Any(entry => time.GetElapsedTime(entry.Value.First) > Patience
            && state.Members.Any(member => member.Address == entry.Key.Address && member.UniqueAddress.Uid != entry.Key.Uid));
        if (!isKeptOut || deputy?.Address != self) return [];

        return [.. state.Unreachable.Where(member => member.Status is not (MemberStatus.Down or MemberStatus.Exiting))];
    }
}

using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Tests.Support.Reference;

/// <summary>
/// The rules of docs/design/packet-classes.md once more, on spans, in their order and without a thought for speed: what the pipeline says of any
/// frame must be what this says. Knows of the past what the rules give a memory for: flows, first fragments, answers.
/// </summary>
/// <param name="mac">The device's; empty for a port without one.</param>
internal sealed class ReferenceJudge(JudgedCatalogue catalogue, byte[] mac, bool remembersFlows)
{
    private readonly FlowBook _flows = new(remembersFlows);
    private readonly FragmentBook _fragments = new();
    private readonly AnswerBudget _answers = new();

    public JudgedCatalogue Catalogue { get; private set; } = catalogue;

    /// <summary>Packets that went elsewhere than the table says.</summary>
    public ulong Kept { get; private set; }

    public void Adopt(JudgedCatalogue next)
    {
        Catalogue = next;
        _flows.Adopt(next);
        _fragments.Adopt(next);
    }

    /// <param name="bufferBytes">Head room, frame and tail room.</param>
    /// <param name="claim">Where the rules leave a choice, it is believed if it is one of theirs.</param>
    public void Judge(ReadOnlySpan<byte> frame, int bufferBytes, Claim claim, long now, out Judgement judgement)
    {
        judgement = new() { Service = JudgedCatalogue.None, Backend = JudgedCatalogue.None };
        Fate? foreign = Whose.Of(frame, mac, Catalogue, ref judgement.Places);
        judgement.IsOurs = foreign is null;
        judgement.Fate = foreign
            ?? Soundness.Of(frame, Catalogue, ref judgement.Places)
            ?? Mean(frame, claim, now, ref judgement)
            ?? (judgement.Meaning.Role == Role.Echo ? EchoRules.Of(frame, judgement.Places) : Choose(frame, claim, now, ref judgement))
            ?? Leave(frame, bufferBytes, now, ref judgement);
    }

    public void Prune(long now) => _fragments.Prune(now);

    private Fate? Mean(ReadOnlySpan<byte> frame, Claim claim, long now, ref Judgement judgement)
    {
        Fate? fate = Meaning.Of(frame, judgement.Places, Catalogue, claim.Service, ref judgement.Meaning);
        if (fate == Fate.Host && judgement.Places.IsFragment) _fragments.RememberHost(frame, judgement.Places, now);
        return fate;
    }

    private Fate? Choose(ReadOnlySpan<byte> frame, Claim claim, long now, ref Judgement judgement)
    {
        if (judgement.Meaning.Role == Role.LaterFragment && _fragments.TryFind(frame, judgement.Places, Catalogue, now, out int service, out int backend, out bool isSure)
            && (isSure || claim == new Claim(service, backend)))
        {
            (judgement.Service, judgement.Backend) = (service, backend);
            judgement.IsOdd = claim != new Claim(service, backend);
            return service == JudgedCatalogue.None ? Fate.Host : NextHopOf(backend);
        }

        judgement.Service = judgement.Meaning.Service;
        judgement.IsOdd = judgement.Service != claim.Service;
        if (judgement.IsOdd) return Fate.Forwarded;
        if (judgement.Service == JudgedCatalogue.None) return Fate.Drop(Reason.FragmentUnknown);
        judgement.Backend = claim.Backend;
        judgement.IsOdd = !IsAllowed(judgement, claim.Backend, now);
        if (judgement.IsOdd) return Fate.Forwarded;
        if (claim.Backend == JudgedCatalogue.None) return Fate.Drop(Reason.NoBackend);
        Fate? fate = NextHopOf(judgement.Backend);
        if (fate is null && judgement.Meaning.Role == Role.FirstFragment) _fragments.Remember(frame, judgement.Places, Catalogue, judgement.Service, judgement.Backend, now);
        return fate;
    }

    private bool IsAllowed(in Judgement judgement, int backend, long now)
    {
        FlowName flow = judgement.Meaning.Flow;
        int inTable = Catalogue.InTable(judgement.Service, flow.Hash(Catalogue.Content.HashKey, flow.ByAddress is null ? 0 : Catalogue.NameHash(judgement.Service)));
        if (backend != inTable) Kept++;
        return judgement.Meaning.Role is Role.Error or Role.LaterFragment
            ? _flows.MayFollow(Catalogue, flow, inTable, backend, now)
            : _flows.Take(Catalogue, flow, inTable, backend, judgement.Meaning.TcpFlags, now);
    }

    private Fate? NextHopOf(int backend) => Catalogue.Backends[backend].NextHop is null ? Fate.Drop(Reason.NoNextHop) : null;

    private Fate Leave(ReadOnlySpan<byte> frame, int bufferBytes, long now, ref Judgement judgement)
    {
        BackendContent backend = Catalogue.Backends[judgement.Backend];
        Fate fate = Leaving.Of(frame, judgement.Places, Catalogue.Services[judgement.Service].Send, backend, bufferBytes, ref judgement.Leaving);
        bool isDue = fate.Reason == Reason.TooBig && judgement.Places.InnerBytes > judgement.Leaving.Largest && TooBigRules.IsDue(frame, judgement.Places, judgement.Meaning.Role);
        if (!isDue) return fate;
        if (!_answers.TryTake(now)) return Fate.Drop(Reason.RateLimited);
        return judgement.Places.First + TooBigRules.AnswerBytes(frame, judgement.Places) > bufferBytes ? fate : Fate.Answer(Reason.TooBig);
    }
}

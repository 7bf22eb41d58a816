using Akka.Actor;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace RustyRail.Actors.Exceptions;

/// <summary>
/// What one peer has still to be told, in order, one batch at a time. A whole round replaces what waits before it, so that a slow
/// peer costs no more than that and what came since. Owner: the exceptions actor.
/// </summary>
internal sealed class PeerLink
{
    private readonly Queue<HeldFlows> _waiting = new();
    private HeldFlows? _inFlight;
    private long _inFlightSince;

    public PeerLink(ICanTell peer) => Peer = peer;

    public ICanTell Peer { get; private set; }

    /// <summary>Nothing is known of what the peer knows: it is told all, with the next scan.</summary>
    public bool NeedsWhole { get; private set; } = true;

    /// <summary>It has never been told what others told this node.</summary>
    public bool NeedsInherited { get; private set; } = true;

    public bool IsReachable { get; private set; } = true;

    public bool IsIdle => _inFlight is null && _waiting.Count == 0 && !NeedsWhole;

    public void Found(ICanTell peer)
    {
        (Peer, IsReachable, NeedsWhole, NeedsInherited) = (peer, true, true, true);
        Forget();
    }

    public void Lost()
    {
        (IsReachable, NeedsWhole) = (false, true);
        Forget();
    }

    public void OfferInherited(IEnumerable<HeldFlows> batches)
    {
        NeedsInherited = false;
        foreach (HeldFlows batch in batches) _waiting.Enqueue(batch);
    }

    public void OfferWhole(IEnumerable<HeldFlows> batches)
    {
        NeedsWhole = false;
        HeldFlows[] inherited = [.. _waiting.Where(batch => batch.Telling == Telling.Inherited)];
        _waiting.Clear();
        foreach (HeldFlows batch in inherited.Concat(batches)) _waiting.Enqueue(batch);
    }

    public void OfferAddition(IEnumerable<HeldFlows> batches)
    {
        foreach (HeldFlows batch in batches) _waiting.Enqueue(batch);
    }

    /// <summary>What to send now: the next batch, or the last one again if its answer is overdue; null: wait.</summary>
    public HeldFlows? Next(long now, TimeSpan resend)
    {
        if (!IsReachable) return null;
        if (_inFlight is not null && now - _inFlightSince < resend.TotalMilliseconds) return null;
        if (_inFlight is null && !_waiting.TryDequeue(out _inFlight)) return null;
        _inFlightSince = now;
        return _inFlight;
    }

    /// <summary>The flows that are acknowledged; -1 if that answer was not waited for.</summary>
    public int Take(FlowsTaken taken)
    {
        if (_inFlight is not { } batch || (batch.Incarnation, batch.Round, batch.Part) != (taken.Incarnation, taken.Round, taken.Part)) return -1;
        _inFlight = null;
        return batch.Flows.Length;
    }

    private void Forget()
    {
        _inFlight = null;
        _waiting.Clear();
    }
}

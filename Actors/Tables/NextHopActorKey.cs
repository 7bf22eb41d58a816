namespace RustyRail.Actors.Tables;

/// <summary>
/// Key of the next-hop actor in the ActorRegistry; it lives in the control plane, which has the system calls. It answers
/// ResolveNextHops with NextHopsChanged at once and after each change, to the last sender, for the last set of addresses.
/// </summary>
public sealed class NextHopActorKey;

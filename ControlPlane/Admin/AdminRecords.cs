using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Admin;

/// <summary><c>GET /api/v1/status</c> and <c>status --json</c>; names are a contract: extend, never rename.</summary>
/// <param name="Drain"><c>serving</c>, <c>withdrawn</c>, <c>left</c>: see <see cref="DrainStatus"/>.</param>
/// <param name="Stale">Some member is unreachable: forwarding goes on with what this node last knew.</param>
/// <param name="Problems">What an operator should look at, one line each.</param>
internal sealed record NodeStatus(
    string Node,
    string Version,
    bool Ready,
    string Drain,
    bool Stale,
    long Generation,
    string SpecDigest,
    string TableDigest,
    DataplaneStatus Dataplane,
    ClusterStatus Cluster,
    CatalogueStatus Catalogue,
    ImmutableArray<string> Problems,
    TrafficStatus Traffic,
    ExceptionStatus? Exceptions,
    ControlPlaneStatus ControlPlane);

/// <summary>What this process uses of the machine.</summary>
/// <param name="ManagedBytes">Objects, those that the next collection frees included.</param>
/// <param name="ResidentBytes">All of it, the parts of the shared region that it has touched and its programs included.</param>
/// <param name="ProcessorMs">Since its start, of all processors together.</param>
internal sealed record ControlPlaneStatus(int Pid, long ManagedBytes, long ResidentBytes, long ProcessorMs);

/// <summary>How far this node is on its way out: <c>serving</c>, <c>withdrawn</c>, <c>left</c>.</summary>
/// <param name="Forwarded">Packets, since the region was made.</param>
/// <param name="Why">What kept it from leaving.</param>
internal sealed record DrainStatus(string Node, string Phase, ulong Forwarded, bool Ready, string Why);

/// <param name="HeartbeatAgeMs">Null: it never ran.</param>
internal sealed record DataplaneStatus(string Port, string Device, int Pid, bool Alive, int Workers, long? HeartbeatAgeMs, string Note);

internal sealed record ClusterStatus(ImmutableArray<MemberStatus> Members);

internal sealed record MemberStatus(string Node, string Status, long Generation, string SpecDigest, string TableDigest);

/// <param name="Stored">False for the targets of RR_TARGET_IPS.</param>
internal sealed record CatalogueStatus(int Services, int Pools, int Backends, bool Stored);

/// <summary>Connections that the tables would break if their packets moved to another node, as far as nodes tell each other of them.</summary>
/// <param name="Told">Every peer has told this node what it holds since it came.</param>
/// <param name="Peers">Nodes that are told and reachable.</param>
/// <param name="Held">Connections of this node that it tells.</param>
/// <param name="Known">Connections of others that this node was told of; <paramref name="Placed"/> of them steer packets here.</param>
/// <param name="Overflowed">Times that one found no room.</param>
/// <param name="LastScanMs">Reading the flow tables.</param>
/// <param name="LastSyncMs">From a publication until every reachable peer knew what it changed; null before the first.</param>
internal sealed record ExceptionStatus(
    bool Told, int Peers, int Held, int Known, int Placed, int Capacity, long Sent, long Received, long Overflowed, double LastScanMs, double? LastSyncMs);

/// <summary>Since the region was made. Received = Forwarded + Host + Answered + Dropped; the reasons subdivide the last three.</summary>
internal sealed record TrafficStatus(
    ulong Received,
    ulong Forwarded,
    ulong Host,
    ulong Answered,
    ulong Dropped,
    ulong PortDropped,
    ulong ReceivedBytes,
    ulong ForwardedBytes,
    ulong FlowHits,
    ulong FlowMisses,
    ulong FlowsInserted,
    ulong FlowsExpired,
    ulong FlowsDisplaced,
    ulong FlowsNotInserted,
    ulong ExceptionHits,
    ImmutableSortedDictionary<string, ulong> Reasons);

/// <summary>One line of <c>services</c>.</summary>
internal sealed record ServiceStatus(
    string Name,
    string Vip,
    string Protocol,
    string Port,
    string Pool,
    string Send,
    string Affinity,
    int Backends,
    int BackendsUp,
    ulong Packets,
    ulong Bytes,
    ulong NewFlows);

/// <summary>One line of <c>backends</c>.</summary>
/// <param name="Flows">Entries that name it in the flow tables now; idle ones count until they expire.</param>
internal sealed record BackendStatus(
    string Pool,
    string Name,
    string Address,
    int Weight,
    string State,
    string Health,
    string Reason,
    DateTimeOffset? Since,
    ulong Packets,
    ulong Bytes,
    ulong NewFlows,
    long Flows);

/// <summary>Body of <c>POST /api/v1/backends</c>.</summary>
internal sealed record NewBackend(string? Pool, string? Name, string? Address, int? Weight);

/// <summary>Body of <c>PUT .../state</c>.</summary>
internal sealed record NewState(string? State);

/// <summary>Body of <c>PUT .../weight</c>.</summary>
internal sealed record NewWeight(int? Weight);

/// <summary>Body of <c>POST /api/v1/undo</c>.</summary>
/// <param name="Change"><c>NUMBER</c> or <c>NUMBER@NODE</c>; none: the last one that is neither an undo nor undone.</param>
/// <param name="Force">Also what was changed again since.</param>
internal sealed record UndoRequest(string? Change, bool? Force);

/// <summary>One line of <c>history</c>, newest first.</summary>
/// <param name="When">By the clock of <paramref name="Node"/>; the order is that of the numbers.</param>
/// <param name="CanUndo">False once what it replaced is no longer kept.</param>
/// <param name="Lines">What it did to each entry; only where one change was asked for.</param>
internal sealed record HistoryEntry(
    long Number,
    string Node,
    DateTimeOffset When,
    string User,
    string Host,
    string What,
    string? Undoes,
    bool Undone,
    bool CanUndo,
    ImmutableArray<string> Lines);

/// <summary>Answer to a change: stored here, and seen by so many nodes already.</summary>
/// <param name="Change">Its number in the history; null when all was so already.</param>
internal sealed record ChangeAccepted(string SpecDigest, int Reached, int Members, string? Change);

/// <summary>Answer to what cannot be done, one line per reason.</summary>
internal sealed record ChangeRefused(ImmutableArray<string> Errors);

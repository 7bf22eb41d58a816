namespace RustyRail.ControlPlane.Simulation;

/// <summary>One event under one kind of router.</summary>
/// <param name="EntriesChanged">Share of the table, first stage against last.</param>
/// <param name="EntriesChangedNeedlessly">Share whose old backend stays and whose new one is not new: what Maglev pays for its balance.</param>
internal sealed record EventResult(
    string Event,
    string Steps,
    string Ecmp,
    double EntriesChanged,
    double EntriesChangedNeedlessly,
    long Flows,
    long Moved,
    long Ended,
    long BrokenByHash,
    long BrokenWithFlowTable,
    long BrokenWithExceptions,
    long Exceptions);

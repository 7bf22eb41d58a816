using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Catalogue;

/// <summary>From a command and what is known to the entries that it writes, or the reasons why it does not. Pure.</summary>
internal static class CatalogueEdits
{
    public static EditDecision Decide(CatalogueState state, ICatalogueCommand command, string node, SpecificationLimits limits)
    {
        EditDecision decision = OfCommand(state, command, node, limits);
        return decision.Edit is { } edit && KeyBound.Refusal(state, edit) is { } refusal ? EditDecision.Rejected(refusal) : decision;
    }

    private static EditDecision OfCommand(CatalogueState state, ICatalogueCommand command, string node, SpecificationLimits limits) => command switch
    {
        ApplyCatalogue apply => Apply(state, apply.Spec, node, limits),
        AddBackend add => Add(state, add.Backend, node, limits),
        RemoveBackend remove => Remove(state, remove.Backend, node),
        SetBackendState set => Change(state, set.Backend, backend => backend with { State = set.State }, node, limits),
        SetBackendWeight set => Change(state, set.Backend, backend => backend with { Weight = set.Weight }, node, limits),
        UndoChange undo => UndoDecision.Decide(state, undo, node, limits),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "a catalogue command without an edit"),
    };

    private static EditDecision Apply(CatalogueState state, CatalogueSpec target, string node, SpecificationLimits limits)
    {
        string[] reasons = [.. CatalogueDiff.ChangedTableSizes(state.Spec, target), .. SpecificationValidator.Validate(target, limits)];
        return reasons.Length > 0
            ? EditDecision.Rejected(reasons)
            : EditDecision.Accepted(CatalogueDiff.Between(state.Latest, target, state.NextStamp(node)));
    }

    private static EditDecision Add(CatalogueState state, BackendSpec backend, string node, SpecificationLimits limits)
    {
        if (!state.Spec.Pools.TryGetValue(backend.Id.Pool, out PoolSpec? pool)) return UnknownPool(backend.Id);
        if (pool.Backends.ContainsKey(backend.Id)) return EditDecision.Rejected($"backend {backend.Id}: exists already");

        return Checked(state, pool, backend, limits, () => Entry.Added(state.NextStamp(node), new BackendEntry(backend)));
    }

    private static EditDecision Remove(CatalogueState state, BackendId id, string node)
    {
        if (!state.Spec.Pools.TryGetValue(id.Pool, out PoolSpec? pool)) return UnknownPool(id);
        if (!pool.Backends.ContainsKey(id)) return UnknownBackend(id);

        return EditDecision.Accepted(CatalogueEdit.Of(EntryId.Of(id), Entry.Removed(state.NextStamp(node))));
    }

    private static EditDecision Change(CatalogueState state, BackendId id, Func<BackendSpec, BackendSpec> change, string node, SpecificationLimits limits)
    {
        if (!state.Spec.Pools.TryGetValue(id.Pool, out PoolSpec? pool)) return UnknownPool(id);
        if (!pool.Backends.TryGetValue(id, out BackendSpec? backend)) return UnknownBackend(id);

        BackendSpec changed = change(backend);
        return changed == backend
            ? EditDecision.NothingToDo
            : Checked(state, pool, changed, limits, () => state.Latest.Map[EntryId.Of(id)].WithValue(state.NextStamp(node), new BackendEntry(changed)));
    }

    /// <summary>Rejects for what the edit would break. What concurrent edits elsewhere broke already must not stand in the way of mending it.</summary>
    private static EditDecision Checked(CatalogueState state, PoolSpec pool, BackendSpec backend, SpecificationLimits limits, Func<Entry> entry)
    {
        PoolSpec changed = pool with { Backends = pool.Backends.SetItem(backend.Id, backend) };
        CatalogueSpec target = state.Spec with { Pools = state.Spec.Pools.SetItem(pool.Id, changed) };
        IReadOnlyList<string> faults = SpecificationValidator.Validate(target, limits);
        string[] reasons = faults.Count == 0 ? [] : [.. faults.Except(SpecificationValidator.Validate(state.Spec, limits))];
        return reasons.Length > 0 ? EditDecision.Rejected(reasons) : EditDecision.Accepted(CatalogueEdit.Of(EntryId.Of(backend.Id), entry()));
    }

    private static EditDecision UnknownPool(BackendId backend) => EditDecision.Rejected($"backend {backend}: there is no pool {backend.Pool}");

    private static EditDecision UnknownBackend(BackendId backend) => EditDecision.Rejected($"backend {backend}: does not exist");
}

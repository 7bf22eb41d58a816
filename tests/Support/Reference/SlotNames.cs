using RustyRail.Contract.Snapshots;

namespace RustyRail.Tests.Support.Reference;

/// <summary>From the region's slots, which are the publisher's affair, to the catalogue's entries, by their names.</summary>
internal sealed unsafe class SlotNames
{
    private readonly int[] _services, _backends;

    public SlotNames(SnapshotView snapshot, JudgedCatalogue catalogue)
    {
        _services = [.. Enumerable.Range(0, snapshot.Header->ServiceSlots).Select(slot => snapshot.Services[slot].State != SlotState.InUse ? JudgedCatalogue.None
            : Array.FindIndex(catalogue.Services, service => service.Id.Name == SnapshotView.Text(snapshot.ServiceNames + slot)))];
        _backends = [.. Enumerable.Range(0, snapshot.Header->BackendSlots).Select(slot => snapshot.Backends[slot].State != SlotState.InUse ? JudgedCatalogue.None
            : Array.FindIndex(catalogue.Backends, backend => backend.Id == snapshot.BackendIdOf(slot)))];
    }

    public Claim Of(int service, int backend) => new(In(_services, service), In(_backends, backend));

    private static int In(int[] names, int slot) => (uint)slot < (uint)names.Length ? names[slot] : JudgedCatalogue.None;
}

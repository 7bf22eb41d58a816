using System.Collections.Immutable;
using System.Text;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace RustyRail.Actors.Tables;

/// <summary>What the region's current snapshot says: read by a new control plane before its publisher runs.</summary>
internal sealed record PublishedState(long Generation, string SpecDigest, string TableDigest, InheritHealth Judgements)
{
    public static unsafe PublishedState Read(RegionFile region)
    {
        RegionView view = new(region);
        long generation = Volatile.Read(ref view.Header->Generation);
        if (generation == 0) return new(0, "", "", new InheritHealth([], []));

        SnapshotView snapshot = view.Snapshot(generation);
        var up = ImmutableArray.CreateBuilder<BackendId>();
        var down = ImmutableArray.CreateBuilder<BackendId>();
        for (int slot = 0; slot < snapshot.Header->BackendSlots; slot++)
        {
            if (snapshot.Backends[slot].State != SlotState.InUse) continue;
            if (snapshot.Backends[slot].Health == (byte)Health.Up) up.Add(snapshot.BackendIdOf(slot));
            if (snapshot.Backends[slot].Health == (byte)Health.Down) down.Add(snapshot.BackendIdOf(slot));
        }

        return new(generation, Text(snapshot.Header->SpecDigest), Text(snapshot.Header->TableDigest), new(up.ToImmutable(), down.ToImmutable()));
    }

    private static unsafe string Text(byte* digest) => Encoding.ASCII.GetString(digest, SnapshotHeader.DigestBytes).TrimEnd('\0');
}

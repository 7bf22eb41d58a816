using System.Numerics;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>Offsets inside one snapshot slot.</summary>
internal readonly struct SnapshotLayout
{
    public readonly int ExactSlots, VipSlots;
    public readonly long Services, Pools, Backends, Routers, Exact, Vips, Rules, ServiceNames, PoolNames, BackendNames, TotalBytes;

    public unsafe SnapshotLayout(RegionCapacities capacities)
    {
        // A quarter full at most: a probe chain stays within a line or two.
        ExactSlots = (int)BitOperations.RoundUpToPowerOf2((uint)capacities.Services * 4);
        VipSlots = ExactSlots;
        long at = sizeof(SnapshotHeader);
        long Section(long bytes)
        {
            long start = at;
            at = (at + bytes + 63) & ~63L;
            return start;
        }

        Services = Section((long)capacities.Services * sizeof(ServiceRecord));
        Pools = Section((long)capacities.Pools * sizeof(PoolRecord));
        Backends = Section((long)capacities.Backends * sizeof(BackendRecord));
        Routers = Section((long)capacities.Routers * sizeof(RouterEntry));
        Exact = Section((long)ExactSlots * sizeof(ExactEntry));
        Vips = Section((long)VipSlots * sizeof(VipEntry));
        Rules = Section((long)capacities.Services * sizeof(RuleEntry));
        ServiceNames = Section((long)capacities.Services * sizeof(NameRecord));
        PoolNames = Section((long)capacities.Pools * sizeof(NameRecord));
        BackendNames = Section((long)capacities.Backends * sizeof(NameRecord));
        TotalBytes = at;
    }
}

using System.Runtime.InteropServices;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>Keeps the VIPs of the XDP program those of the snapshot.</summary>
internal sealed unsafe class AfXdpSteering(AfXdpDevice device) : IPortSteering
{
    public void Follow(SnapshotView snapshot) => device.SetVips(CollectionsMarshal.AsSpan(VipsOf(snapshot)));

    /// <summary>Whose packets a worker is to get, by the snapshot.</summary>
    internal static List<VipPrefix> VipsOf(SnapshotView snapshot)
    {
        List<VipPrefix> vips = [];
        for (int slot = 0; slot < snapshot.Header->ServiceSlots; slot++)
        {
            ServiceRecord* service = snapshot.Services + slot;
            if (service->State == SlotState.InUse) vips.Add(VipPrefix.Of(*service));
        }

        return vips;
    }

    /// <summary>The XDP program leaves frames for others to the kernel.</summary>
    public ulong ReadDeviceMac() => 0;

    public bool IsWorkerHeld() => false;

    public ulong LostFrames()
    {
        XskStatistics statistics = device.ReadStatistics();
        return statistics.ReceiveDropped + statistics.ReceiveRingFull + statistics.FillRingEmpty;
    }

    public void GiveBack() => device.Detach();
}

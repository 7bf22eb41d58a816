using System.Runtime.InteropServices;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>Keeps the VIPs of the XDP program those of the snapshot.</summary>
/// <param name="ports">A queue each, or one that has all queues.</param>
internal sealed unsafe class AfXdpSteering(AfXdpDevice device, int ports) : IPortSteering
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

    public ulong LostFrames(int port)
    {
        if (ports > 1) return LostBy(port);
        ulong lost = 0;
        for (int queue = 0; queue < device.Queues.Length; queue++) lost += LostBy(queue);
        return lost;
    }

    public string ExplainEnd() => device.IsMtuTooLarge(out int mtu)
        ? $"its MTU is {mtu} now and the frame memory is for {device.MaxMtuBytes} at most: it has to be opened anew"
        : "the device is gone";

    public void GiveBack() => device.Detach();

    private ulong LostBy(int queue)
    {
        XskStatistics statistics = device.ReadStatistics(queue);
        return statistics.ReceiveDropped + statistics.ReceiveRingFull;
    }
}

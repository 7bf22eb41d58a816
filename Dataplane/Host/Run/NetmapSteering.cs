using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports.Netmap;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>A netmap port brings every frame of its device, so there is nothing to steer; leaving netmap mode is the port's end.</summary>
internal sealed class NetmapSteering(NetmapDevice device) : IPortSteering
{
    public void Follow(SnapshotView snapshot)
    {
    }

    public ulong ReadDeviceMac() => device.ReadMac();

    public bool IsWorkerHeld() => device.IsDown;

    public ulong LostFrames() => device.Queue.LostFrames;

    public void GiveBack()
    {
    }
}

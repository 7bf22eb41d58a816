using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports.Netmap;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>A netmap port brings every frame of its device, so there is nothing to steer; leaving netmap mode is the port's end.</summary>
/// <param name="devices">One for each port: the same device, by different rings.</param>
internal sealed class NetmapSteering(NetmapDevice[] devices) : IPortSteering
{
    public void Follow(SnapshotView snapshot)
    {
    }

    public ulong ReadDeviceMac() => devices[0].ReadMac();

    public bool IsWorkerHeld() => devices[0].IsDown;

    public ulong LostFrames(int port) => devices[port].Queue.LostFrames;

    public void GiveBack()
    {
    }
}

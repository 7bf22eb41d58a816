using System.Runtime.InteropServices;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports.AfPacket;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>The worker sees every frame of its device; what follows the snapshot are the VIPs that are kept from the host.</summary>
internal sealed class AfPacketSteering(AfPacketDevice device) : IPortSteering
{
    public void Follow(SnapshotView snapshot) => device.SetVips(CollectionsMarshal.AsSpan(AfXdpSteering.VipsOf(snapshot)));

    public ulong ReadDeviceMac() => device.ReadMac();

    public bool IsWorkerHeld() => false;

    public ulong LostFrames(int port) => device.Queue.ReadLost();

    public void GiveBack() => device.Detach();
}

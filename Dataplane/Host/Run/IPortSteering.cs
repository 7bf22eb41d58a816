using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>What a port needs beside its packet loop; called by the housekeeper's thread alone.</summary>
internal interface IPortSteering
{
    /// <summary>A new snapshot: let the port bring the packets of its services here, and leave all others to the host.</summary>
    void Follow(SnapshotView snapshot);

    /// <summary>The address that frames for this machine have, low byte first; 0: the port brings no others. Asked again now and then.</summary>
    ulong ReadDeviceMac();

    /// <summary>The kernel may be holding back the workers that have the device, for a reason that is no failure of this program.</summary>
    bool IsWorkerHeld();

    /// <summary>Frames lost before the worker saw them, since the port was opened.</summary>
    /// <param name="port">Its number, which is its worker's.</param>
    ulong LostFrames(int port);

    /// <summary>Why a worker's part of the device has closed by itself, in one line.</summary>
    string ExplainEnd() => "the device is gone";

    /// <summary>A clean stop: the device is as if the port had never been there.</summary>
    void GiveBack();
}

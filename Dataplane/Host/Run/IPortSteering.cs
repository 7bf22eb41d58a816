using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>What a port needs beside its packet loop; called by the housekeeper's thread alone.</summary>
internal interface IPortSteering
{
    /// <summary>A new snapshot: let the port bring the packets of its services here, and leave all others to the host.</summary>
    void Follow(SnapshotView snapshot);

    /// <summary>Frames lost before the worker saw them, since the port was opened.</summary>
    ulong LostFrames();

    /// <summary>A clean stop: the device is as if the port had never been there.</summary>
    void GiveBack();
}

using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Offloads;

/// <summary>
/// Switches off what breaks forwarding by a port that sees frames as they are: checksums left to the hardware, segments merged or still to
/// be cut (<c>ethtool -K DEV tx off rx off gso off tso off gro off</c>). What was on is recorded before the first change and switched on
/// again at the end, or by the next start when there was no end.
/// </summary>
internal sealed class DeviceOffloads : IDisposable
{
    public const string FileName = "offloads";

    private static readonly string[] _merging = ["rx-gro", "rx-gro-hw", "rx-lro", "rx-gro-list", "rx-udp-gro-forwarding"];

    private readonly string _path;

    private DeviceOffloads(string path, IReadOnlyList<string> stillOn)
    {
        _path = path;
        StillOn = stillOn;
    }

    /// <summary>Those that the device does not let go of.</summary>
    public IReadOnlyList<string> StillOn { get; }

    /// <summary>A record of this device stays valid: its features are what a predecessor found, not what it left.</summary>
    /// <param name="device">Its name.</param>
    /// <param name="stateDirectory">Where the record is.</param>
    /// <param name="isUnwanted">Says of a feature by its name whether the port cannot do with it.</param>
    /// <exception cref="NativeException">The device cannot be asked.</exception>
    public static DeviceOffloads SwitchOff(string device, string stateDirectory, Predicate<string> isUnwanted)
    {
        string path = Path.Combine(stateDirectory, FileName);
        using NetDevice opened = NetDevice.Find(device);
        OffloadRecord? before = OffloadRecord.Read(path);
        if (before is not null && !IsOf(before, opened))
        {
            Restore(stateDirectory);
            before = null;
        }

        DeviceFeatures features = new(opened);
        SortedSet<string> wanted = [.. before?.Features ?? []];
        foreach (string name in features.Requested())
        {
            if (isUnwanted(name)) wanted.Add(name);
        }

        new OffloadRecord(opened.Name, opened.Index, [.. wanted]).Write(path);
        features.Switch([.. wanted], on: false);
        List<string> stillOn = [];
        foreach (string name in features.Active())
        {
            if (isUnwanted(name)) stillOn.Add(name);
        }

        return new DeviceOffloads(path, stillOn);
    }

    /// <summary>Does what the record says, if there is one. A device that is gone, or another of the same name, has nothing to get back.</summary>
    public static void Restore(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, FileName);
        if (OffloadRecord.Read(path) is { } record)
        {
            try
            {
                using NetDevice device = NetDevice.Find(record.Device);
                if (IsOf(record, device)) new DeviceFeatures(device).Switch([.. record.Features], on: true);
            }
            catch (PortException)
            {
                // Gone, and its features with it.
            }
        }

        File.Delete(path);
    }

    /// <summary>For a port that stands between the device and its host in both directions.</summary>
    public static bool LeavesWork(string name) =>
        name == "rx-checksum"
        || name.StartsWith("tx-checksum-", StringComparison.Ordinal)
        || (name.StartsWith("tx-", StringComparison.Ordinal) && name.EndsWith("-segmentation", StringComparison.Ordinal))
        || MergesSegments(name);

    /// <summary>For a port that gets copies of received frames: merged ones cannot be sent on.</summary>
    public static bool MergesSegments(string name) => Array.IndexOf(_merging, name) >= 0;

    public void Dispose()
    {
        try
        {
            Restore(Path.GetDirectoryName(_path)!);
        }
        catch (NativeException)
        {
            // The device went away in the meantime; the record stays for the next start.
        }
    }

    private static bool IsOf(OffloadRecord record, NetDevice device) => record.Device == device.Name && record.Index == device.Index;

}

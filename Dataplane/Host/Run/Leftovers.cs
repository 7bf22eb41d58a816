using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Offloads;
using RustyRail.Dataplane.Ports.Tc;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>What a port changes on its device beside its own attachment, and what another kind of port, killed, has left there.</summary>
internal static class Leftovers
{
    /// <exception cref="PortException">The device cannot be asked.</exception>
    public static DeviceOffloads SwitchOff(PortRequest request, Predicate<string> isUnwanted, string consequence)
    {
        try
        {
            DeviceOffloads offloads = DeviceOffloads.SwitchOff(request.Device, request.StateDirectory, isUnwanted);
            if (offloads.StillOn.Count > 0) PortRequest.Warn($"{request.Device}: stays on, {consequence}: {string.Join(", ", offloads.StillOn)}");
            return offloads;
        }
        catch (NativeException e)
        {
            throw new PortException($"{request.Device}: its offloads cannot be switched off: {e.Message}", e);
        }
    }

    /// <summary>For a port that works without it.</summary>
    public static DeviceOffloads? TrySwitchOff(PortRequest request, Predicate<string> isUnwanted, string consequence)
    {
        try
        {
            return SwitchOff(request, isUnwanted, consequence);
        }
        catch (PortException e)
        {
            PortRequest.Warn($"{e.Message}, {consequence}");
            return null;
        }
    }

    /// <summary>For a port that does with the device as it is: one that was killed together with its supervisor may have changed it.</summary>
    public static void RestoreOffloads(PortRequest request)
    {
        try
        {
            DeviceOffloads.Restore(request.StateDirectory);
        }
        catch (NativeException e)
        {
            PortRequest.Warn($"{request.Device}: offloads of an earlier run are not restored: {e.Message}");
        }
    }

    /// <summary>For a port that is no copy of what the host gets: an AF_PACKET port's filter would keep from the host what this port leaves to it.</summary>
    public static void RemoveHostFilter(string device)
    {
        try
        {
            using NetDevice found = NetDevice.Find(device);
            HostFilter.Remove(found);
        }
        catch (NativeException e)
        {
            PortRequest.Warn($"{device}: a filter that an earlier run may have left for AF_PACKET is not removed: {e.Message}");
        }
    }
}

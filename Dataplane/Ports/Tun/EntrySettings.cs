namespace RustyRail.Dataplane.Ports.Tun;

/// <summary>What the kernel has to be told about the device by which packets come in again; it goes with the device.</summary>
internal static class EntrySettings
{
    public static void Apply(string name)
    {
        ForeignSources.Accept(name);
        NeverForward(name);
        // Nobody beyond this device is a router, a balancer's client least of all.
        foreach (string setting in (string[])["accept_ra", "accept_redirects"]) TryWrite($"/proc/sys/net/ipv6/conf/{name}/{setting}", "0");
    }

    // What comes in here is for this host or for nobody. Silent, but not enough: switching forwarding on for all devices later overrides it, and
    // IPv6 heeds the setting for all devices alone.
    private static void NeverForward(string name)
    {
        try
        {
            File.WriteAllText($"/proc/sys/net/ipv4/conf/{name}/forwarding", "0");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PortException($"/proc/sys/net/ipv4/conf/{name}/forwarding: {e.Message}");
        }
    }

    // Where /proc/sys is read-only the default stays, and where there is no IPv6 there is nothing to set.
    private static void TryWrite(string setting, string value)
    {
        try
        {
            File.WriteAllText(setting, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ = e;
        }
    }
}

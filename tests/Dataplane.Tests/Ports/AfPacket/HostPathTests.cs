using RustyRail.Dataplane.Ports.AfPacket;

namespace Dataplane.Tests.Ports.AfPacket;

/// <summary>The host has a copy of every frame but those that its filter drops: it gets each exactly once.</summary>
public sealed class HostPathTests
{
    // Within the VIPs' prefix, and the host's own.
    private const string Kept = "10.1.0.9";

    [SkippableFact]
    public void What_the_filter_kept_from_the_host_reaches_it_through_the_port()
    {
        using VethLab lab = new();
        lab.Node.Ip($"address add {Kept}/32 dev lo");
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        Skip.IfNot(device.WhyNoHostPath is null, $"no TUN device: {device.WhyNoHostPath}");
        Skip.IfNot(device.WhyNoFilter is null, $"no filter: {device.WhyNoFilter}");
        (string output, int handed) = PingWhileWorking(lab, port, isKept: true);
        Assert.Contains("3 received, 0% packet loss", output, StringComparison.Ordinal);
        Assert.Equal(3, handed);
    }

    [SkippableFact]
    public void What_the_host_has_already_is_not_given_to_it_again()
    {
        using VethLab lab = new();
        lab.Node.Ip($"address add 10.9.0.9/32 dev lo");
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        lab.Peer.Ip($"route add 10.9.0.0/24 via {VethLab.NodeAddress}");
        (string output, int handed) = PingWhileWorking(lab, port, isKept: false, "10.9.0.9");
        Assert.Contains("3 received, 0% packet loss", output, StringComparison.Ordinal);
        Assert.DoesNotContain("DUP", output, StringComparison.Ordinal);
        Assert.True(handed >= 3, $"{handed} frames came by");
    }

    [SkippableFact]
    public void What_the_port_is_not_told_to_give_stays_away_from_the_host()
    {
        using VethLab lab = new();
        lab.Node.Ip($"address add {Kept}/32 dev lo");
        AfPacketPort port = lab.OpenPacket();
        using AfPacketDevice device = port.Device;
        Skip.IfNot(device.WhyNoFilter is null, $"no filter: {device.WhyNoFilter}");
        (string output, _) = PingWhileWorking(lab, port, isKept: false);
        Assert.Contains("0 received", output, StringComparison.Ordinal);
    }

    private static (string Output, int Handed) PingWhileWorking(VethLab lab, AfPacketPort port, bool isKept, string address = Kept)
    {
        Task<string> ping = Task.Run(() => lab.Peer.Execute("ping", $"-c 3 -i 0.1 -W 1 {address}", mayFail: true));
        int handed = 0;
        Assert.True(lab.Work(port, () => ping.IsCompleted, (p, slot) =>
        {
            slot.KeptFromHost = isKept && VethLab.IsForVip(slot);
            bool isGone = p.TryToHost(slot);
            if (isGone && (slot.KeptFromHost || !isKept)) handed++;
            return isGone;
        }));
        return (ping.Result, handed);
    }
}

using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;

namespace Dataplane.Tests.Ports.Tun;

public sealed unsafe class HostEntryTests
{
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_the_worker_hands_to_the_host_is_answered_by_the_host(int generalSourceCheck)
    {
        using VethLab lab = new();
        lab.Node.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", $"{generalSourceCheck}"));
        lab.Node.Ip("address add 10.1.0.9/32 dev lo");
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        Skip.IfNot(device.WhyNoHostPath is null, $"no TUN device: {device.WhyNoHostPath}");

        Task<string> ping = Task.Run(() => lab.Peer.Execute("ping", "-c 3 -i 0.1 -W 3 10.1.0.9", mayFail: true));
        int handed = 0;
        Assert.True(lab.Work(port, () => ping.IsCompleted, (p, slot) =>
        {
            handed++;
            return p.TryToHost(slot);
        }));
        Assert.Contains(" 0% packet loss", ping.Result, StringComparison.Ordinal);
        Assert.Equal(3, handed);
        Assert.Equal(device.Queue.FreeChunks, new AfXdpOptions { Device = "" }.FrameCount - new AfXdpOptions { Device = "" }.ReceiveFrames);
    }

    [SkippableFact]
    public void What_is_not_ip_has_no_way_in_and_stays_with_the_worker()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open();
        using AfXdpDevice device = port.Device;
        lab.Wire.Send(Frames.Plain(VethLab.Vip));
        int refused = 0;
        Assert.True(lab.Work(port, () => refused == 2, (p, slot) =>
        {
            slot.Data[12] = 0x08;
            slot.Data[13] = 0x06;
            Assert.False(p.TryToHost(slot));
            slot.Length = 14;
            Assert.False(p.TryToHost(slot));
            refused = 2;
            return false;
        }));
    }

    [SkippableFact]
    public void The_device_goes_with_its_port()
    {
        using VethLab lab = new();
        AfXdpDevice device = lab.Open().Device;
        Skip.IfNot(device.WhyNoHostPath is null, $"no TUN device: {device.WhyNoHostPath}");
        Assert.Contains("rr-", lab.Node.Ip("-o link"), StringComparison.Ordinal);
        device.Dispose();
        Assert.DoesNotContain("rr-", lab.Node.Ip("-o link"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Without_a_host_path_the_reason_is_kept()
    {
        using VethLab lab = new();
        AfXdpPort port = lab.Open(new AfXdpOptions { Device = VethLab.Device, Vips = VethLab.Vips, HostPath = false });
        using AfXdpDevice device = port.Device;
        Assert.Equal("not asked for", device.WhyNoHostPath);
        Assert.False(port.TryToHost(default));
    }
}

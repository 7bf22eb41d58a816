using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Offloads;

namespace Dataplane.Tests.Ports.Offloads;

/// <summary>Against <c>ethtool -k</c> on a veth, which has all of them.</summary>
public sealed class DeviceOffloadsTests : IDisposable
{
    private const string Device = "vnode";

    private readonly string _state = Directory.CreateTempSubdirectory("rrt-offloads-").FullName;
    private NetworkNamespace? _node;

    private string RecordPath => Path.Combine(_state, DeviceOffloads.FileName);

    public void Dispose()
    {
        _node?.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [SkippableFact]
    public void All_that_breaks_forwarding_is_off_and_comes_back_as_it_was()
    {
        NetworkNamespace node = MakeDevice();
        node.Execute("ethtool", $"-K {Device} gro on");
        string before = Features(node);
        Assert.Contains("tx-checksum-ip-generic: on", before, StringComparison.Ordinal);
        DeviceOffloads offloads = node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork));
        Assert.Empty(offloads.StillOn);
        string during = Features(node);
        string[] off = ["rx-checksumming", "tx-checksumming", "generic-segmentation-offload", "tcp-segmentation-offload", "generic-receive-offload"];
        foreach (string feature in off) Assert.Contains($"{feature}: off", during, StringComparison.Ordinal);

        node.Run(offloads.Dispose);
        Assert.Equal(before, Features(node));
        Assert.False(File.Exists(RecordPath));
    }

    [SkippableFact]
    public void A_port_that_only_needs_whole_frames_leaves_checksums_and_segmentation_to_the_device()
    {
        NetworkNamespace node = MakeDevice();
        node.Execute("ethtool", $"-K {Device} gro on");
        string before = Features(node);
        DeviceOffloads offloads = node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.MergesSegments));
        Assert.Equal(before.Replace("generic-receive-offload: on", "generic-receive-offload: off", StringComparison.Ordinal), Features(node));
        node.Run(offloads.Dispose);
        Assert.Equal(before, Features(node));
    }

    [SkippableFact]
    public void What_was_off_stays_off()
    {
        NetworkNamespace node = MakeDevice();
        node.Execute("ethtool", $"-K {Device} tx off tso off gro off");
        string before = Features(node);
        DeviceOffloads offloads = node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork));
        node.Run(offloads.Dispose);
        Assert.Equal(before, Features(node));
    }

    [SkippableFact]
    public void After_a_crash_the_next_start_knows_what_was_on_before_the_first()
    {
        NetworkNamespace node = MakeDevice();
        string before = Features(node);
        node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork)); // and nobody restores
        DeviceOffloads second = node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork));
        node.Run(second.Dispose);
        Assert.Equal(before, Features(node));
    }

    [SkippableFact]
    public void After_a_crash_a_start_that_needs_no_change_restores_at_once()
    {
        NetworkNamespace node = MakeDevice();
        string before = Features(node);
        node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork));
        Assert.NotEqual(before, Features(node));
        node.Run(() => DeviceOffloads.Restore(_state));
        Assert.Equal(before, Features(node));
        Assert.False(File.Exists(RecordPath));
    }

    [SkippableFact]
    public void Another_device_of_the_same_name_gets_nothing_of_the_old_one()
    {
        NetworkNamespace node = MakeDevice();
        node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork));
        node.Ip($"link del {Device}");
        node.Ip($"link add {Device} type veth peer name vpeer");
        node.Execute("ethtool", $"-K {Device} tx off");
        string before = Features(node);
        node.Run(() => DeviceOffloads.Restore(_state));
        Assert.Equal(before, Features(node));
        Assert.False(File.Exists(RecordPath));
    }

    [SkippableFact]
    public void A_device_that_is_gone_needs_nothing()
    {
        NetworkNamespace node = MakeDevice();
        DeviceOffloads offloads = node.Run(() => DeviceOffloads.SwitchOff(Device, _state, DeviceOffloads.LeavesWork));
        node.Ip($"link del {Device}");
        node.Run(offloads.Dispose);
        Assert.False(File.Exists(RecordPath));
    }

    [SkippableFact]
    public void An_unknown_device_is_named()
    {
        NetworkNamespace node = MakeDevice();
        PortException refusal = Assert.Throws<PortException>(() => node.Run(() => DeviceOffloads.SwitchOff("nowhere", _state, DeviceOffloads.LeavesWork)));
        Assert.Equal("no network device named 'nowhere'", refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rustyrail offloads 1\neth0\n")]
    [InlineData("rustyrail offloads 2\neth0\n3\nrx-gro\n")]
    [InlineData("rustyrail offloads 1\neth0\nthree\nrx-gro\n")]
    public void A_record_that_is_not_ours_is_no_record(string text)
    {
        File.WriteAllText(RecordPath, text);
        Assert.Null(OffloadRecord.Read(RecordPath));
    }

    private NetworkNamespace MakeDevice()
    {
        _node = NetworkNamespace.CreateOrSkip();
        _node.Ip($"link add {Device} type veth peer name vpeer");
        return _node;
    }

    private static string Features(NetworkNamespace node) => node.Execute("ethtool", $"-k {Device}");
}

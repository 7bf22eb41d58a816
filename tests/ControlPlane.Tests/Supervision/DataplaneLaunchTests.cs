using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Supervision;

namespace ControlPlane.Tests.Supervision;

public sealed class DataplaneLaunchTests
{
    [Fact]
    public void One_worker_needs_no_word_of_workers() =>
        Assert.Equal(["run", "--region", "/run/rr/dataplane.region", "--device", "eth0", "--port", "af_packet"], Arguments(1, Steering.Steer));

    [Theory]
    [InlineData("rss")]
    [InlineData("steer")]
    public void Several_are_said_with_how_packets_come_to_them(string steering)
    {
        Assert.True(Steerings.Words.TryGet(steering, out Steering kind));
        Assert.Equal(["--workers", "4", "--steering", steering], Arguments(4, kind)[^4..]);
    }

    private static string[] Arguments(int workers, Steering steering) =>
    [
        .. DataplaneLaunch.For(new StartPlan
        {
            Node = new NodeOptions { Device = "eth0", Port = PortKind.AfPacket, Workers = workers, Steering = steering },
            State = new StateDirectory("/run/rr", "test"),
            Data = new DataDirectory("/nowhere", "test"),
        }).Arguments,
    ];
}

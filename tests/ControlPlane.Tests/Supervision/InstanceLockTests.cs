using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Supervision;

namespace ControlPlane.Tests.Supervision;

public sealed class InstanceLockTests
{
    [Fact]
    public void A_second_instance_on_the_interface_is_told_who_has_it()
    {
        string device = $"rrt{Guid.NewGuid():N}"[..15];
        using InstanceLock first = InstanceLock.Take(device);
        OperatorException refusal = Assert.Throws<OperatorException>(() => InstanceLock.Take(device));

        Assert.Equal($"{device}: another rustyrail (pid {Environment.ProcessId}) runs on this interface", refusal.Message);
        Assert.Equal(2, refusal.ExitCode);
    }

    [Fact]
    public void The_interface_is_free_again_afterwards()
    {
        string device = $"rrt{Guid.NewGuid():N}"[..15];
        InstanceLock.Take(device).Dispose();
        InstanceLock.Take(device).Dispose();
    }
}

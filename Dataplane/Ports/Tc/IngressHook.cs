using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.Tc;

/// <summary>
/// A place at a device's ingress where a program stays when its process dies, without a file in a bpffs. Changes name the program that
/// they replace or remove. Failures are <c>NativeException</c>s; a kernel that has no such place has no program there.
/// </summary>
internal abstract class IngressHook(int deviceIndex)
{
    protected int DeviceIndex { get; } = deviceIndex;

    /// <summary>For status and messages.</summary>
    public abstract string Name { get; }

    /// <summary>In order of preference.</summary>
    public static IngressHook[] AllOf(int deviceIndex) => [new TcxHook(deviceIndex), new ClsactHook(deviceIndex)];

    /// <summary>The first program that is attached under such a name.</summary>
    public abstract BpfProgram? Find(string namePrefix);

    /// <summary>Before all that is there already, as far as the place lets us.</summary>
    public abstract void Attach(BpfProgram program);

    /// <summary>Without a gap.</summary>
    public abstract void Replace(BpfProgram older, BpfProgram program);

    /// <summary>Exactly that program; one that is not attached any more is as good as detached.</summary>
    public abstract void Detach(BpfProgram program);
}

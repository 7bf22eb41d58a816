using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// The steering program on a device. Nothing on the device changes before everything is ready: VIPs and socket are in the maps first,
/// then one netlink message attaches or replaces. Disposing leaves the program where it is; <see cref="Detach"/> removes it.
/// </summary>
internal sealed class XdpAttachment : IDisposable
{
    private readonly NetDevice _device;

    private XdpAttachment(NetDevice device, SteeringProgram program, XdpMode mode, string? whyGeneric, bool tookOver)
    {
        _device = device;
        Program = program;
        Mode = mode;
        WhyGeneric = whyGeneric;
        TookOver = tookOver;
    }

    public SteeringProgram Program { get; }

    public XdpMode Mode { get; }

    /// <summary>Why the driver's own XDP is not used; null when it is, or when that was decided by an earlier process.</summary>
    public string? WhyGeneric { get; }

    /// <summary>The program of an earlier process goes on, or its VIPs do in a new version of it.</summary>
    public bool TookOver { get; }

    /// <param name="device">Outlives the attachment.</param>
    /// <param name="vips">Null keeps those of a program that is taken over.</param>
    /// <param name="queue">Whose frames go to the socket.</param>
    /// <param name="socketFd">A bound AF_XDP socket.</param>
    public static XdpAttachment Open(NetDevice device, VipPrefix[]? vips, int queue, int socketFd)
    {
        XdpState state = XdpLink.Query(device.Index);
        if (state.ProgramId == 0) return AttachNew(device, vips, queue, socketFd);

        BpfProgram found = BpfProgram.OpenById(state.ProgramId);
        try
        {
            string name = found.Describe().Name;
            if (!name.StartsWith(SteeringProgram.NamePrefix, StringComparison.Ordinal) || state.Mode == XdpMode.Offloaded)
            {
                string unnamed = name.Length == 0 ? "without a name" : $"'{name}'";
                throw new PortException($"{device.Name}: another XDP program is attached: id {state.ProgramId}, {unnamed}; "
                    + $"if it is not needed: ip link set dev {device.Name} xdp off");
            }

            SteeringProgram? adopted = SteeringProgram.Adopt(found);
            if (adopted is null) return ReplaceOlder(device, found, state.Mode, vips, queue, socketFd);
            found = null!;
            return Prepared(device, adopted, vips, queue, socketFd, new XdpAttachment(device, adopted, state.Mode, null, tookOver: true));
        }
        finally
        {
            found?.Dispose();
        }
    }

    public void SetVips(ReadOnlySpan<VipPrefix> vips) => Program.Vips.Set(vips);

    /// <summary>For a clean stop. A program that somebody else put there in the meantime stays.</summary>
    public void Detach() => _ = XdpLink.Detach(_device.Index, Program.Fd, Mode);

    public void Dispose() => Program.Dispose();

    private static XdpAttachment AttachNew(NetDevice device, VipPrefix[]? vips, int queue, int socketFd)
    {
        SteeringProgram program = SteeringProgram.Create();
        Prepared(device, program, vips, queue, socketFd, program);
        (XdpMode? mode, string? words) = XdpLink.AttachBest(device.Index, program.Fd);
        if (mode is not null) return new XdpAttachment(device, program, mode.Value, words, tookOver: false);
        program.Dispose();
        throw new PortException($"{device.Name}: {words}");
    }

    private static XdpAttachment ReplaceOlder(NetDevice device, BpfProgram older, XdpMode mode, VipPrefix[]? vips, int queue, int socketFd)
    {
        SteeringProgram program = SteeringProgram.Create();
        if (vips is null) program.InheritVips(older);
        Prepared(device, program, vips, queue, socketFd, program);
        (int errno, string? words) = XdpLink.Replace(device.Index, program.Fd, older.Fd, mode);
        if (errno == 0) return new XdpAttachment(device, program, mode, null, tookOver: true);
        program.Dispose();
        throw new PortException($"{device.Name}: {XdpLink.Explain("replacing an older steering program", errno, words)}");
    }

    // Hands back the result when the maps are filled, or disposes the program.
    private static T Prepared<T>(NetDevice device, SteeringProgram program, VipPrefix[]? vips, int queue, int socketFd, T result)
    {
        try
        {
            Span<byte> mac = stackalloc byte[NetDevice.MacBytes];
            if (!device.TryReadMac(mac)) throw NativeException.Last($"ioctl(SIOCGIFHWADDR, {device.Name})");
            program.SetOwnAddress(mac);
            if (vips is not null) program.Vips.Set(vips);
            program.SetSocket(queue, socketFd);
            return result;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }
}

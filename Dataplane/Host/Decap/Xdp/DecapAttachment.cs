using System.Net;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// The program on a device. The maps are filled first, then one netlink message attaches or replaces. Disposing leaves it where it is;
/// <see cref="Detach"/> removes it.
/// </summary>
internal sealed class DecapAttachment : IDisposable
{
    private readonly NetDevice _device;
    private ulong _mac;

    private DecapAttachment(NetDevice device, DecapProgram program, XdpMode mode, string? whyGeneric, bool tookOver)
    {
        _device = device;
        Program = program;
        Mode = mode;
        WhyGeneric = whyGeneric;
        TookOver = tookOver;
    }

    public DecapProgram Program { get; }

    public XdpMode Mode { get; }

    /// <summary>Why the driver's own XDP is not used; null when it is, or when that was decided by an earlier process.</summary>
    public string? WhyGeneric { get; }

    /// <summary>A program of an earlier process goes on, or was replaced by this version without a gap.</summary>
    public bool TookOver { get; }

    /// <param name="device">Outlives the attachment.</param>
    /// <exception cref="PortException">The device refuses, or somebody else's program is there.</exception>
    /// <exception cref="NativeException">The kernel refuses.</exception>
    public static DecapAttachment Open(NetDevice device, DecapSettings settings, IReadOnlyList<IPNetwork> from)
    {
        XdpState state = XdpLink.Query(device.Index);
        if (state.ProgramId == 0) return AttachNew(device, Prepared(DecapProgram.Create(), device, settings, from));

        BpfProgram found = BpfProgram.OpenById(state.ProgramId);
        string name = found.Describe().Name;
        if (!name.StartsWith(DecapProgram.NamePrefix, StringComparison.Ordinal) || state.Mode == XdpMode.Offloaded)
        {
            found.Dispose();
            string unnamed = name.Length == 0 ? "without a name" : $"'{name}'";
            throw new PortException($"another XDP program is attached: id {state.ProgramId}, {unnamed}; if it is not needed: ip link set dev {device.Name} xdp off");
        }

        if (DecapProgram.Adopt(found) is { } adopted) return new DecapAttachment(device, Prepared(adopted, device, settings, from), state.Mode, null, tookOver: true);
        using (found) return Replace(device, found, state.Mode, Prepared(DecapProgram.Create(), device, settings, from));
    }

    /// <summary>False: the device has gone, or somebody has taken the program away.</summary>
    public bool IsAttached()
    {
        try
        {
            return XdpLink.Query(_device.Index).ProgramId == Program.Id;
        }
        catch (NativeException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }
    }

    /// <summary>The program compares destinations with the device's address, which may change while it is up.</summary>
    public void FollowMac(DecapSettings settings)
    {
        ulong mac = MacOf(_device);
        if (mac == _mac) return;
        Program.Maps.Write(settings, mac);
        _mac = mac;
    }

    /// <summary>For a clean stop. A program that somebody else put there in the meantime stays.</summary>
    public void Detach() => _ = XdpLink.Detach(_device.Index, Program.Fd, Mode);

    public void Dispose() => Program.Dispose();

    private static DecapAttachment AttachNew(NetDevice device, DecapProgram program)
    {
        (XdpMode? mode, string? words) = XdpLink.AttachBest(device.Index, program.Fd);
        if (mode is not null) return new DecapAttachment(device, program, mode.Value, words, tookOver: false);
        program.Dispose();
        throw new PortException(words!);
    }

    private static DecapAttachment Replace(NetDevice device, BpfProgram older, XdpMode mode, DecapProgram program)
    {
        (int errno, string? words) = XdpLink.Replace(device.Index, program.Fd, older.Fd, mode);
        if (errno == 0) return new DecapAttachment(device, program, mode, null, tookOver: true);
        program.Dispose();
        throw new PortException(XdpLink.Explain("replacing another version's program", errno, words));
    }

    private static DecapProgram Prepared(DecapProgram program, NetDevice device, DecapSettings settings, IReadOnlyList<IPNetwork> from)
    {
        try
        {
            program.Maps.Write(settings, MacOf(device));
            AddressSet.SetOwn(program.Maps.Addresses);
            AddressSet.SetSources(program.Maps.Sources, from);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    private static ulong MacOf(NetDevice device)
    {
        ulong mac = 0;
        return device.TryReadMac(MemoryMarshal.AsBytes(new Span<ulong>(ref mac))[..NetDevice.MacBytes]) ? mac : throw NativeException.Last($"ioctl(SIOCGIFHWADDR, {device.Name})");
    }
}

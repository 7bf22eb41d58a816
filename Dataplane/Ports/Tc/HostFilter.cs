using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.Tc;

/// <summary>
/// Keeps from the host's stack what a worker got a copy of: without it the kernel would answer for the VIPs too. Stays when the process
/// dies, so that meanwhile the VIPs' frames are dropped and all else passes; the next process takes it over. <see cref="Detach"/> removes it.
/// </summary>
internal sealed class HostFilter : IDisposable
{
    private readonly NetDevice _device;
    private readonly IngressHook _hook;
    private readonly HostFilterProgram _program;
    private ulong _mac;

    private HostFilter(NetDevice device, IngressHook hook, HostFilterProgram program, bool tookOver)
    {
        _device = device;
        _hook = hook;
        _program = program;
        TookOver = tookOver;
    }

    /// <summary>How it is attached: <c>tcx</c> or <c>clsact</c>.</summary>
    public string Place => _hook.Name;

    public bool TookOver { get; }

    /// <param name="device">Outlives the filter.</param>
    /// <param name="vips">Null keeps those of a filter that is taken over.</param>
    /// <param name="hooks">Where to look for a filter, and where to attach one, in this order.</param>
    /// <exception cref="PortException">No place takes a program.</exception>
    public static HostFilter Open(NetDevice device, VipPrefix[]? vips, IngressHook[] hooks)
    {
        foreach (IngressHook hook in hooks)
        {
            BpfProgram? found = hook.Find(HostFilterProgram.NamePrefix);
            if (found is not null) return TakeOver(device, vips, hook, found);
        }

        HostFilter? filter = null;
        HostFilterProgram program = HostFilterProgram.Create();
        try
        {
            List<string> refusals = [];
            foreach (IngressHook hook in hooks)
            {
                HostFilter next = new(device, hook, program, tookOver: false);
                next.Prepare(vips);
                if (TryAttach(hook, program.Program, refusals)) return filter = next;
            }

            throw new PortException($"{device.Name}: {string.Join("; ", refusals)}");
        }
        finally
        {
            if (filter is null) program.Dispose();
        }
    }

    /// <summary>Removes what a process that is dead has left, if there is anything.</summary>
    public static void Remove(NetDevice device)
    {
        foreach (IngressHook hook in IngressHook.AllOf(device.Index))
        {
            using BpfProgram? found = hook.Find(HostFilterProgram.NamePrefix);
            if (found is not null) hook.Detach(found);
        }
    }

    public void SetVips(ReadOnlySpan<VipPrefix> vips) => _program.Vips.Set(vips);

    /// <summary>The program compares destinations with the device's address, which may change while it is up.</summary>
    public void FollowMac()
    {
        ulong mac = 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref mac))[..NetDevice.MacBytes];
        if (!_device.TryReadMac(bytes) || mac == _mac) return;
        _program.SetOwnAddress(bytes);
        _mac = mac;
    }

    public void Detach() => _hook.Detach(_program.Program);

    public void Dispose() => _program.Dispose();

    private static HostFilter TakeOver(NetDevice device, VipPrefix[]? vips, IngressHook hook, BpfProgram found)
    {
        HostFilterProgram? program = null;
        try
        {
            program = HostFilterProgram.Adopt(found);
            bool isOlder = program is null;
            if (isOlder)
            {
                program = HostFilterProgram.Create();
                if (vips is null) program.InheritVips(found);
            }

            HostFilter filter = new(device, hook, program!, tookOver: true);
            filter.Prepare(vips);
            if (!isOlder) return filter;
            hook.Replace(found, program!.Program);
            found.Dispose();
            return filter;
        }
        catch
        {
            program?.Dispose();
            found.Dispose();
            throw;
        }
    }

    private static bool TryAttach(IngressHook hook, BpfProgram program, List<string> refusals)
    {
        try
        {
            hook.Attach(program);
            return true;
        }
        catch (NativeException e)
        {
            refusals.Add($"no {hook.Name}: {e.Message}");
            return false;
        }
    }

    private void Prepare(VipPrefix[]? vips)
    {
        FollowMac();
        if (vips is not null) SetVips(vips);
    }
}

using System.Runtime.InteropServices;
using RustyRail.Dataplane.Ports.Tc;
using RustyRail.Dataplane.Ports.Tun;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>
/// An opened device: the sockets of its worker, the filter that keeps the worker's frames from the host, and the way to the host for those
/// that it should have after all. Disposing keeps the filter attached (VIPs' frames are dropped until a successor takes over);
/// <see cref="Detach"/> gives the device back.
/// </summary>
internal sealed class AfPacketDevice : IDisposable
{
    private const long HousekeepingMilliseconds = 1000;

    private readonly NetDevice _device;
    private readonly HostFilter? _filter;
    private readonly HostEntry? _host;
    private long _housekeepingDue;

    public AfPacketDevice(NetDevice device, AfPacketQueue queue, (HostFilter? Filter, string? Why) filter, (HostEntry? Entry, string? Why) host)
    {
        _device = device;
        Queue = queue;
        (_filter, WhyNoFilter) = filter;
        (_host, WhyNoHostPath) = host;
    }

    public AfPacketQueue Queue { get; }

    public string Name => _device.Name;

    /// <summary>An earlier process's filter and VIPs were found and used.</summary>
    public bool TookOver => _filter is { TookOver: true };

    /// <summary>Why the host's stack sees the VIPs' frames too; null when it does not.</summary>
    public string? WhyNoFilter { get; }

    /// <summary>Why frames that the filter keeps from the host cannot get there; null when there is a way.</summary>
    public string? WhyNoHostPath { get; }

    /// <summary>For status and log, short: <c>4096 frames of 2048 bytes, host filter by tcx</c>.</summary>
    public string Describe() =>
        $"{Queue.Layout.Slots} frames of {Queue.Layout.SlotBytes} bytes, {(_filter is null ? "no host filter" : $"host filter by {_filter.Place}")}";

    /// <summary>What an operator should know about this device, one line each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (WhyNoFilter is not null) yield return $"{Name}: the host sees the VIPs' packets too and may answer them (unreachable, reset): {WhyNoFilter}";
        if (WhyNoHostPath is not null) yield return $"{Name}: packets that the filter took but no service wants cannot go back to the host: {WhyNoHostPath}";
    }

    /// <summary>The device's address as it lies in a frame, low byte first; 0 for one that does not answer.</summary>
    public ulong ReadMac()
    {
        ulong mac = 0;
        return _device.TryReadMac(MemoryMarshal.AsBytes(new Span<ulong>(ref mac))[..NetDevice.MacBytes]) ? mac : 0;
    }

    /// <summary>Any one thread. Throws <c>NativeException</c> only if the kernel refuses memory.</summary>
    public void SetVips(ReadOnlySpan<VipPrefix> vips) => _filter?.SetVips(vips);

    public void Detach() => _filter?.Detach();

    /// <summary>The host has every frame already but those that the filter drops.</summary>
    public bool TryToHost(in PacketSlot slot)
    {
        if (slot.KeptFromHost && _filter is not null && (_host is null || !_host.TryWrite(slot))) return false;
        AfPacketQueue.Release(slot);
        return true;
    }

    public void Flush()
    {
        long now = Environment.TickCount64;
        if (now < _housekeepingDue) return;
        _housekeepingDue = now + HousekeepingMilliseconds;
        Queue.CheckAlive();
        _filter?.FollowMac();
    }

    public void Dispose()
    {
        Queue.Dispose();
        _filter?.Dispose();
        _host?.Dispose();
        _device.Dispose();
    }
}

using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>
/// An opened device: the socket of its queue, the steering program in front of it and the way back to the host.
/// Disposing keeps the program attached (VIPs' frames are dropped until a successor takes over); <see cref="Detach"/> gives the device back.
/// </summary>
internal sealed class AfXdpDevice : IDisposable
{
    private const long HousekeepingMilliseconds = 1000;

    private readonly NetDevice _device;
    private readonly XskSocket _socket;
    private readonly XdpAttachment _attachment;
    private readonly HostEntry? _host;
    private ulong _mac;
    private long _housekeepingDue;

    public AfXdpDevice(NetDevice device, XskSocket socket, XdpAttachment attachment, HostEntry? host, string? whyNoHostPath, AfXdpOptions options)
    {
        _device = device;
        _socket = socket;
        _attachment = attachment;
        _host = host;
        WhyNoHostPath = whyNoHostPath;
        Queue = new XskQueue(socket, options);
    }

    public XskQueue Queue { get; }

    public string Name => _device.Name;

    public XdpMode Mode => _attachment.Mode;

    /// <summary>Why the slower generic XDP is used; null when it is not, or when a predecessor decided so.</summary>
    public string? WhyGeneric => _attachment.WhyGeneric;

    public bool ZeroCopy => _socket.ZeroCopy;

    /// <summary>An earlier process's program and VIPs were found and used.</summary>
    public bool TookOver => _attachment.TookOver;

    /// <summary>Why <c>TryToHost</c> always answers false; null when there is a way.</summary>
    public string? WhyNoHostPath { get; }

    /// <summary>Queues that the device spreads frames over. VIPs' frames of a queue that no worker serves are dropped.</summary>
    public int ReceiveQueues => _device.ReadReceiveQueues();

    /// <summary>For status and log, short: <c>native XDP, copy</c>.</summary>
    public string Describe() => $"{(Mode == XdpMode.Native ? "native" : "generic")} XDP, {(ZeroCopy ? "zero-copy" : "copy")}";

    /// <summary>What an operator should know about this device, one line each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (WhyGeneric is not null) yield return $"{Name}: generic XDP, which is slower: {WhyGeneric}";
        if (ReceiveQueues > 1)
            yield return $"{Name}: {ReceiveQueues} receive queues, one is served and VIPs' packets of the others are dropped: ethtool -L {Name} combined 1";
        if (WhyNoHostPath is not null) yield return $"{Name}: packets that the program took but no service wants cannot go back to the host: {WhyNoHostPath}";
    }

    public XskStatistics ReadStatistics() => _socket.ReadStatistics();

    /// <summary>Any one thread. Throws <see cref="NativeException"/> only if the kernel refuses memory.</summary>
    public void SetVips(ReadOnlySpan<VipPrefix> vips) => _attachment.SetVips(vips);

    public void Detach() => _attachment.Detach();

    public bool TryToHost(in PacketSlot slot)
    {
        if (_host is null || !_host.TryWrite(slot)) return false;
        Queue.Release(slot);
        return true;
    }

    public void Flush()
    {
        Queue.Flush();
        long now = Environment.TickCount64;
        if (now < _housekeepingDue) return;
        _housekeepingDue = now + HousekeepingMilliseconds;
        Queue.CheckAlive();
        FollowMac();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _attachment.Dispose();
        _host?.Dispose();
        _device.Dispose();
    }

    // The program compares destinations with the device's address, which may change while it is up.
    private void FollowMac()
    {
        ulong mac = 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<ulong>(ref mac))[..NetDevice.MacBytes];
        if (!_device.TryReadMac(bytes) || mac == _mac) return;
        _attachment.Program.SetOwnAddress(bytes);
        _mac = mac;
    }
}

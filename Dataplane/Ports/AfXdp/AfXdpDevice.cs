using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>
/// An opened device: the sockets of its queues, the steering program in front of it and the way back to the host.
/// Disposing keeps the program attached (VIPs' frames are dropped until a successor takes over); <see cref="Detach"/> gives the device back.
/// </summary>
internal sealed class AfXdpDevice : IDisposable
{
    private const long HousekeepingMilliseconds = 1000;

    private readonly NetDevice _device;
    private readonly XskSocket[] _sockets;
    private readonly XdpAttachment _attachment;
    private readonly HostEntry? _host;
    private ulong _mac;

    public AfXdpDevice(NetDevice device, XskSocket[] sockets, XdpAttachment attachment, HostEntry? host, string? whyNoHostPath, AfXdpOptions options)
    {
        _device = device;
        _sockets = sockets;
        _attachment = attachment;
        _host = host;
        WhyNoHostPath = whyNoHostPath;
        Queues = new XskQueue[sockets.Length];
        for (int number = 0; number < sockets.Length; number++) Queues[number] = new XskQueue(sockets[number], options, number);
    }

    /// <summary>Those that are served.</summary>
    public XskQueue[] Queues { get; }

    public XskQueue Queue => Queues[0];

    public string Name => _device.Name;

    public XdpMode Mode => _attachment.Mode;

    /// <summary>Why the slower generic XDP is used; null when it is not, or when a predecessor decided so.</summary>
    public string? WhyGeneric => _attachment.WhyGeneric;

    public bool ZeroCopy => _sockets[0].ZeroCopy;

    /// <summary>An earlier process's program and VIPs were found and used.</summary>
    public bool TookOver => _attachment.TookOver;

    /// <summary>Why <c>TryToHost</c> always answers false; null when there is a way.</summary>
    public string? WhyNoHostPath { get; }

    /// <summary>Queues that the device spreads frames over. VIPs' frames of a queue that no worker serves are dropped.</summary>
    public int ReceiveQueues => _device.ReadReceiveQueues();

    /// <summary>It grew beyond what the chunks hold, so that frames may be lost: the device has to be opened anew.</summary>
    public bool IsMtuTooLarge(out int mtuBytes) => _device.TryReadMtu(out mtuBytes) && mtuBytes > MaxMtuBytes;

    /// <summary>With the frame memory as it is.</summary>
    public int MaxMtuBytes => AfXdpOpening.MaxMtuBytesOf(_sockets[0].Umem.ChunkBytes);

    /// <summary>For status and log, short: <c>native XDP, copy</c>.</summary>
    public string Describe() => $"{(Mode == XdpMode.Native ? "native" : "generic")} XDP, {(ZeroCopy ? "zero-copy" : "copy")}";

    /// <summary>What an operator should know about this device, one line each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (WhyGeneric is not null) yield return $"{Name}: generic XDP, which is slower: {WhyGeneric}";
        if (ReceiveQueues > Queues.Length)
        {
            string served = Queues.Length == 1 ? "one is" : $"{Queues.Length} are";
            yield return $"{Name}: {ReceiveQueues} receive queues, {served} served and VIPs' packets of the others are dropped: ethtool -L {Name} combined {Queues.Length}";
        }

        if (WhyNoHostPath is not null) yield return $"{Name}: packets that the program took but no service wants cannot go back to the host: {WhyNoHostPath}";
    }

    /// <param name="queue">Its number among those that are served.</param>
    public XskStatistics ReadStatistics(int queue = 0) => _sockets[queue].ReadStatistics();

    /// <summary>Any one thread. Throws <see cref="NativeException"/> only if the kernel refuses memory.</summary>
    public void SetVips(ReadOnlySpan<VipPrefix> vips) => _attachment.SetVips(vips);

    public void Detach() => _attachment.Detach();

    /// <summary>By the worker of the slot's queue; the way to the host takes several at once.</summary>
    public bool TryToHost(in PacketSlot slot, XskQueue queue)
    {
        if (_host is null || !_host.TryWrite(slot)) return false;
        queue.Release(slot);
        return true;
    }

    /// <summary>By each queue's worker, now and then: a device that is gone tells nobody, and its address and MTU may change.</summary>
    public void KeepHouse(XskQueue queue)
    {
        long now = Environment.TickCount64;
        if (now < queue.HouseKeptUntil) return;
        queue.HouseKeptUntil = now + HousekeepingMilliseconds;
        queue.CheckAlive();
        if (IsMtuTooLarge(out _)) queue.Close();
        if (queue == Queues[0]) FollowMac();
    }

    public void Dispose()
    {
        foreach (XskSocket socket in _sockets) socket.Dispose();
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

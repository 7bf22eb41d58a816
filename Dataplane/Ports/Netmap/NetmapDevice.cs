using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>
/// An opened netmap port: the descriptors of its rings and of the host's, the memory that both share. Disposing sends what is queued and
/// takes the device out of netmap mode, as the end of the process does.
/// </summary>
internal sealed class NetmapDevice : IDisposable
{
    private const int DrainMilliseconds = 200;

    private readonly NetmapBinding _binding;
    private readonly NetmapBinding? _host;
    private readonly MappedRegion _memory;
    private readonly NetDevice? _device;
    private readonly bool _hasHost;

    public NetmapDevice(NetmapOptions options, NetDevice? device, NetmapBinding binding, NetmapBinding? host, MappedRegion memory)
    {
        Name = options.Port;
        _device = device;
        _binding = binding;
        _host = host;
        _memory = memory;
        _hasHost = host is not null || options.ToFirst is not null;
        Queue = new NetmapQueue(binding, host, memory, options);
    }

    public NetmapQueue Queue { get; }

    /// <summary>Ring pairs that the device has, of which this has one or all.</summary>
    public int DeviceRings => _binding.PortRings(_memory);

    public string Name { get; }

    /// <summary>Frames are received with this much room in front; 0: the encapsulation moves them.</summary>
    public int HeadroomBytes => _binding.InitialOffset;

    /// <summary>Of the last count, at <see cref="Dispose"/>: buffers that are not where one should be. 0 unless there is a bug.</summary>
    public int LostBuffers { get; private set; }

    /// <summary>The device's address as it lies in a frame, low byte first; 0 for a port without a device, or one that does not answer.</summary>
    public ulong ReadMac()
    {
        ulong mac = 0;
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref mac))[..NetDevice.MacBytes];
        return _device is not null && _device.TryReadMac(bytes) ? mac : 0;
    }

    /// <summary>
    /// The kernel holds every call on the rings of a device that is down until it is up again, so the worker may be out of reach for as long.
    /// </summary>
    public bool IsDown => _device is not null && _device.TryReadIsUp() == false;

    /// <summary>For status and log, short: <c>1 ring pair, host ring, headroom 64</c>.</summary>
    public string Describe()
    {
        string rings = Queue.ReceiveRings == 1 ? "1 ring pair" : $"{Queue.ReceiveRings} ring pairs";
        return $"{rings}, {(_host is null ? "no host ring" : "host ring")}, {(HeadroomBytes > 0 ? $"headroom {HeadroomBytes}" : "no headroom")}";
    }

    /// <summary>What an operator should know about this port, one line each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (!_hasHost) yield return $"{Name}: no host behind this port: packets that are not balanced are dropped (hostFull)";
    }

    public void Dispose()
    {
        if (Queue.IsOpen && !IsDown) Queue.Drain(DrainMilliseconds);
        LostBuffers = Queue.Rings.Count().Lost;
        if (Queue.Rings.Spares is { } spares) _binding.ReturnSpares(_memory, spares);
        // A mapping keeps the descriptor that it was made through: it goes first.
        _memory.Dispose();
        _host?.Dispose();
        _binding.Dispose();
        _device?.Dispose();
    }
}

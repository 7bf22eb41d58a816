using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// The loaded steering program with its three maps. Program and maps stay in the kernel as long as the program is attached, so the next
/// process finds them by the program's id and goes on with them.
/// </summary>
internal sealed class SteeringProgram : IDisposable
{
    public const string NamePrefix = "rustyrail_";

    /// <summary>More receive queues than any device has; a queue without a socket drops its VIPs' frames.</summary>
    public const int MaxQueues = 256;

    private const int DeviceBytes = 8;

    internal static readonly BpfMapShape VipsShape =
        new("rr_vips", BpfAbi.BPF_MAP_TYPE_LPM_TRIE, VipKey.Bytes, sizeof(uint), VipSet.Capacity, BpfAbi.BPF_F_NO_PREALLOC);

    private static readonly BpfMapShape _olderVipsShape = VipsShape with { KeyBytes = VipKey.OlderBytes };

    private static readonly BpfMapShape _socketsShape = new("rr_sockets", BpfAbi.BPF_MAP_TYPE_XSKMAP, sizeof(uint), sizeof(uint), MaxQueues);

    internal static readonly BpfMapShape DeviceShape = new("rr_device", BpfAbi.BPF_MAP_TYPE_ARRAY, sizeof(uint), DeviceBytes, 1);

    private readonly BpfProgram _program;
    private readonly BpfMap _vipsMap;
    private readonly BpfMap _sockets;
    private readonly BpfMap _device;

    private SteeringProgram(BpfProgram program, BpfMap vips, BpfMap sockets, BpfMap device)
    {
        _program = program;
        _vipsMap = vips;
        _sockets = sockets;
        _device = device;
        Vips = new VipSet(vips);
    }

    /// <summary>Ends in a digest of code and maps: another version is another name, without anyone having to remember it.</summary>
    public static string Name { get; } = NamePrefix + Digest(SteeringCode.Assemble(0, 0, new XdpForm(0)), VipsShape, _socketsShape, DeviceShape);

    public VipSet Vips { get; }

    public int Fd => _program.Fd;

    public static SteeringProgram Create()
    {
        BpfMap? vips = null, sockets = null, device = null;
        try
        {
            vips = BpfMap.Create(VipsShape);
            sockets = BpfMap.Create(_socketsShape);
            device = BpfMap.Create(DeviceShape);
            return new SteeringProgram(BpfProgram.LoadXdp(SteeringCode.Assemble(vips.Fd, device.Fd, new XdpForm(sockets.Fd)), Name), vips, sockets, device);
        }
        catch
        {
            vips?.Dispose();
            sockets?.Dispose();
            device?.Dispose();
            throw;
        }
    }

    /// <summary>Null when the program is of another version. Otherwise the program belongs to the result.</summary>
    public static SteeringProgram? Adopt(BpfProgram program)
    {
        (string name, uint[] mapIds) = program.Describe();
        if (name != Name) return null;
        BpfMap? vips = Find(mapIds, VipsShape), sockets = Find(mapIds, _socketsShape), device = Find(mapIds, DeviceShape);
        if (vips is not null && sockets is not null && device is not null) return new SteeringProgram(program, vips, sockets, device);
        vips?.Dispose();
        sockets?.Dispose();
        device?.Dispose();
        return null;
    }

    /// <summary>
    /// Takes the VIPs of a program of another version, so that the kernel gets none of their packets until the next snapshot is read. What
    /// keeps them in a shape that is not known here gives none.
    /// </summary>
    public void InheritVips(BpfProgram older)
    {
        uint[] mapIds = older.Describe().MapIds;
        using BpfMap? trie = Find(mapIds, VipsShape) ?? Find(mapIds, _olderVipsShape);
        if (trie is not null) Vips.CopyFrom(trie);
    }

    /// <summary>From now on VIPs' frames of the queue go to the socket. The slot empties itself when the socket closes.</summary>
    public void SetSocket(int queue, int socketFd) => Put(_sockets, queue, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in socketFd)));

    public void SetOwnAddress(ReadOnlySpan<byte> mac)
    {
        Span<byte> value = stackalloc byte[DeviceBytes];
        value.Clear();
        mac.CopyTo(value);
        Put(_device, 0, value);
    }

    public void Dispose()
    {
        _program.Dispose();
        _vipsMap.Dispose();
        _sockets.Dispose();
        _device.Dispose();
    }

    internal static void Put(BpfMap map, int index, ReadOnlySpan<byte> value) => map.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in index)), value);

    // The kernel adds flags of its own to some maps, so flags are not compared.
    internal static BpfMap? Find(uint[] mapIds, BpfMapShape shape)
    {
        foreach (uint id in mapIds)
        {
            BpfMap map = BpfMap.OpenById(id);
            if (map.Shape with { Flags = shape.Flags } == shape) return map;
            map.Dispose();
        }

        return null;
    }

    /// <summary>Five hex digits of what a program does and keeps.</summary>
    internal static string Digest(bpf_insn[] code, params ReadOnlySpan<BpfMapShape> maps)
    {
        uint hash = 2166136261; // FNV-1a
        foreach (byte b in MemoryMarshal.AsBytes(code.AsSpan())) hash = (hash ^ b) * 16777619;
        foreach (BpfMapShape shape in maps)
        {
            foreach (uint number in (uint[])[shape.Type, shape.KeyBytes, shape.ValueBytes, shape.Capacity]) hash = (hash ^ number) * 16777619;
        }

        return (hash >> 12).ToString("x5", System.Globalization.CultureInfo.InvariantCulture);
    }
}

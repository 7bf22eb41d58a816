using System.Text;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>Shape of a map; what is found in the kernel must have the same to be taken over.</summary>
internal readonly record struct BpfMapShape(string Name, uint Type, uint KeyBytes, uint ValueBytes, uint Capacity, uint Flags = 0);

/// <summary>One map in the kernel. It lives as long as a program or a descriptor refers to it.</summary>
internal sealed unsafe class BpfMap : IDisposable
{
    private readonly SafeFd _fd;

    private BpfMap(SafeFd fd, BpfMapShape shape)
    {
        _fd = fd;
        Shape = shape;
    }

    public BpfMapShape Shape { get; }

    public int Fd => _fd.Number;

    public static BpfMap Create(BpfMapShape shape)
    {
        bpf_attr_map_create attr = new()
        {
            map_type = shape.Type, key_size = shape.KeyBytes, value_size = shape.ValueBytes, max_entries = shape.Capacity, map_flags = shape.Flags,
        };
        Encoding.ASCII.GetBytes(shape.Name, new Span<byte>(attr.map_name, BpfAbi.BPF_OBJ_NAME_LEN - 1));
        int fd = Bpf(BpfAbi.BPF_MAP_CREATE, &attr, sizeof(bpf_attr_map_create));
        return new BpfMap(SafeFd.Take(fd, $"bpf(BPF_MAP_CREATE, {shape.Name})"), shape);
    }

    public static BpfMap OpenById(uint id)
    {
        bpf_attr_get_id get = new() { id = id };
        SafeFd fd = SafeFd.Take(Bpf(BpfAbi.BPF_MAP_GET_FD_BY_ID, &get, sizeof(bpf_attr_get_id)), $"bpf(BPF_MAP_GET_FD_BY_ID, {id})");
        bpf_map_info map = default;
        bpf_attr_info attr = new() { bpf_fd = (uint)fd.Number, info_len = (uint)sizeof(bpf_map_info), info = (ulong)&map };
        if (Bpf(BpfAbi.BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(bpf_attr_info)) < 0)
        {
            NativeException failure = NativeException.Last($"bpf(BPF_OBJ_GET_INFO_BY_FD, map {id})");
            fd.Dispose();
            throw failure;
        }

        string name = new((sbyte*)map.name);
        return new BpfMap(fd, new BpfMapShape(name, map.type, map.key_size, map.value_size, map.max_entries, map.map_flags));
    }

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (Element(BpfAbi.BPF_MAP_UPDATE_ELEM, key, value) < 0) throw NativeException.Last($"bpf(BPF_MAP_UPDATE_ELEM, {Shape.Name})");
    }

    /// <summary>Of a per-CPU map the values of all possible processors, one behind the other. False: there is no such key.</summary>
    public bool TryLookUp(ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (Element(BpfAbi.BPF_MAP_LOOKUP_ELEM, key, value) == 0) return true;
        return Errno.Last == Errno.ENOENT ? false : throw NativeException.Last($"bpf(BPF_MAP_LOOKUP_ELEM, {Shape.Name})");
    }

    /// <summary>An absent key is as good as a deleted one.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        if (Element(BpfAbi.BPF_MAP_DELETE_ELEM, key, default) < 0 && Errno.Last != Errno.ENOENT)
            throw NativeException.Last($"bpf(BPF_MAP_DELETE_ELEM, {Shape.Name})");
    }

    /// <summary>Walks over the keys: an empty key starts, false ends.</summary>
    public bool TryNextKey(ReadOnlySpan<byte> key, Span<byte> next)
    {
        if (Element(BpfAbi.BPF_MAP_GET_NEXT_KEY, key, next) == 0) return true;
        return Errno.Last == Errno.ENOENT ? false : throw NativeException.Last($"bpf(BPF_MAP_GET_NEXT_KEY, {Shape.Name})");
    }

    public void Dispose() => _fd.Dispose();

    internal static int Bpf(int command, void* attr, int attrBytes) => (int)Libc.syscall(Libc.SYS_bpf, command, attr, (nuint)attrBytes);

    private int Element(int command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyAt = key, valueAt = value)
        {
            bpf_attr_map_elem attr = new() { map_fd = (uint)Fd, key = (ulong)keyAt, value = (ulong)valueAt };
            return Bpf(command, &attr, sizeof(bpf_attr_map_elem));
        }
    }
}

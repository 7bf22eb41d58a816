using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Native;

/// <summary>Every constant and structure of the Native room, read by reflection, as C expression and our value: nothing can be left out.</summary>
internal static class AbiTable
{
    // Parts of union bpf_attr: the C path of their fields.
    private static readonly Dictionary<Type, string> _unionParts = new()
    {
        [typeof(bpf_attr_map_create)] = "", [typeof(bpf_attr_map_elem)] = "", [typeof(bpf_attr_prog_load)] = "", [typeof(bpf_attr_get_id)] = "",
        [typeof(bpf_attr_test)] = "test.", [typeof(bpf_attr_link_create)] = "link_create.", [typeof(bpf_attr_info)] = "info.",
        [typeof(bpf_attr_prog_attach)] = "", [typeof(bpf_attr_prog_query)] = "query.",
    };

    // What C headers before 6.6 do not have.
    private static readonly HashSet<Type> _newer = [typeof(bpf_attr_prog_attach), typeof(bpf_attr_prog_query)];

    private static readonly Dictionary<(Type, string), string> _otherNames = new()
    {
        [(typeof(bpf_attr_get_id), "id")] = "prog_id",
        [(typeof(ifreq), "ifr_hwaddr_family")] = "ifr_hwaddr.sa_family",
        [(typeof(ifreq), "ifr_hwaddr_data")] = "ifr_hwaddr.sa_data",
    };

    // Bit fields have no offset; the last field of xdp_umem_reg is padding in older headers, but the size is compared.
    private static readonly HashSet<(Type, string)> _noOffset = [(typeof(bpf_insn), "registers"), (typeof(xdp_umem_reg), "tx_metadata_len"), (typeof(bpf_attr_prog_query), "reserved")];

    // Newer kernels append to these; a shorter structure is part of their contract.
    private static readonly HashSet<Type> _open = [typeof(bpf_prog_info), typeof(bpf_map_info)];

    public static Dictionary<string, ulong> Expected()
    {
        Dictionary<string, ulong> expected = [];
        foreach (Type type in (Type[])[typeof(Libc), typeof(Errno), typeof(XdpAbi), typeof(BpfAbi), typeof(NetlinkAbi), typeof(DeviceAbi), typeof(EthtoolAbi),
            typeof(PacketAbi), typeof(TcAbi), typeof(SocketAbi)])
        {
            AddConstants(expected, type);
        }

        foreach (Type type in typeof(Libc).Assembly.GetTypes())
        {
            bool isAbi = type.Namespace == typeof(Libc).Namespace && type.IsValueType && !type.IsNested && char.IsLower(type.Name[0]);
            if (isAbi && !_newer.Contains(type)) AddStructure(expected, type);
        }

        return expected;
    }

    public static Dictionary<string, ulong> ExpectedOfTcx()
    {
        Dictionary<string, ulong> expected = [];
        AddConstants(expected, typeof(TcxAbi));
        foreach (Type type in _newer) AddStructure(expected, type);
        return expected;
    }

    public static Dictionary<string, ulong> ExpectedOfXskBudget()
    {
        Dictionary<string, ulong> expected = [];
        AddConstants(expected, typeof(XskBudgetAbi));
        return expected;
    }

    private static void AddConstants(Dictionary<string, ulong> expected, Type type)
    {
        foreach (FieldInfo constant in type.GetFields(BindingFlags.Public | BindingFlags.Static)) AddConstant(expected, constant);
    }

    public static void AddConstant(Dictionary<string, ulong> expected, FieldInfo constant)
    {
        object value = constant.GetRawConstantValue()!;
        (string cType, ulong ours) = value switch
        {
            byte b => ("unsigned char", b),
            short s => ("unsigned short", (ushort)s),
            ushort s => ("unsigned short", s),
            int i => ("unsigned", (uint)i),
            uint i => ("unsigned", i),
            long l => ("unsigned long", (ulong)l),
            ulong l => ("unsigned long", l),
            _ => throw new NotSupportedException($"{constant.Name} is a {value.GetType()}"),
        };
        expected.Add($"({cType}){constant.Name}", ours);
    }

    public static void AddStructure(Dictionary<string, ulong> expected, Type type)
    {
        bool isPart = _unionParts.TryGetValue(type, out string? path);
        string cType = type == typeof(ifreq) || !isPart ? $"struct {type.Name}" : "union bpf_attr";
        if (!isPart && !_open.Contains(type)) expected.Add($"sizeof({cType})", (ulong)Marshal.SizeOf(type));
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            if (_noOffset.Contains((type, field.Name))) continue;
            string name = path + _otherNames.GetValueOrDefault((type, field.Name), field.Name);
            expected.TryAdd($"offsetof({cType}, {name})", (ulong)Marshal.OffsetOf(type, field.Name));
            int size = field.GetCustomAttribute<FixedBufferAttribute>()?.Length
                ?? (field.FieldType.IsPointer ? nint.Size : Marshal.SizeOf(field.FieldType));
            expected.TryAdd($"member_size({cType}, {name})", (ulong)size);
        }
    }
}

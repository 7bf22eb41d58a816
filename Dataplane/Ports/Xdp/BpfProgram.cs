using System.Text;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>A loaded program. Attached to a device it outlives this descriptor and the process.</summary>
internal sealed unsafe class BpfProgram : IDisposable
{
    private const int LogBytes = 1 << 16, MaxMaps = 8;

    private readonly SafeFd _fd;

    private BpfProgram(SafeFd fd) => _fd = fd;

    public int Fd => _fd.Number;

    public static BpfProgram LoadXdp(ReadOnlySpan<bpf_insn> code, string name) => Load(BpfAbi.BPF_PROG_TYPE_XDP, code, name);

    /// <summary>A program of the kind that a device's ingress runs.</summary>
    public static BpfProgram LoadClassifier(ReadOnlySpan<bpf_insn> code, string name) => Load(BpfAbi.BPF_PROG_TYPE_SCHED_CLS, code, name);

    private static BpfProgram Load(uint type, ReadOnlySpan<bpf_insn> code, string name)
    {
        int fd = Load(type, code, name, default);
        if (fd >= 0) return new BpfProgram(SafeFd.Take(fd, "bpf"));

        // The verifier writes its reasons only when asked; asking costs time, so the second attempt does.
        int errno = Errno.Last;
        byte[] log = new byte[LogBytes];
        fd = Load(type, code, name, log);
        if (fd >= 0) return new BpfProgram(SafeFd.Take(fd, "bpf"));
        throw new NativeException($"bpf(BPF_PROG_LOAD): {Reason(Encoding.ASCII.GetString(log))}", errno);
    }

    public static BpfProgram OpenById(uint id)
    {
        bpf_attr_get_id get = new() { id = id };
        int fd = BpfMap.Bpf(BpfAbi.BPF_PROG_GET_FD_BY_ID, &get, sizeof(bpf_attr_get_id));
        return new BpfProgram(SafeFd.Take(fd, $"bpf(BPF_PROG_GET_FD_BY_ID, {id})"));
    }

    /// <summary>Name and the ids of the maps that the program uses, as the kernel knows them.</summary>
    public (string Name, uint[] MapIds) Describe()
    {
        uint[] ids = new uint[MaxMaps];
        fixed (uint* idsAt = ids)
        {
            bpf_prog_info program = Ask(new bpf_prog_info { nr_map_ids = MaxMaps, map_ids = (ulong)idsAt });
            return (new string((sbyte*)program.name), ids[..(int)Math.Min(program.nr_map_ids, MaxMaps)]);
        }
    }

    /// <summary>The kernel's number for it, by which others find it too.</summary>
    public uint ReadId() => Ask(default).id;

    public void Dispose() => _fd.Dispose();

    private bpf_prog_info Ask(bpf_prog_info program)
    {
        bpf_attr_info attr = new() { bpf_fd = (uint)Fd, info_len = (uint)sizeof(bpf_prog_info), info = (ulong)&program };
        if (BpfMap.Bpf(BpfAbi.BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(bpf_attr_info)) < 0) throw NativeException.Last("bpf(BPF_OBJ_GET_INFO_BY_FD, program)");
        return program;
    }

    // The reason stands last, before the statistics.
    private static string Reason(string verifierLog)
    {
        string[] lines = verifierLog.TrimEnd('\0').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = lines.Length - 1; i >= 0; i--)
        {
            if (!lines[i].StartsWith("processed ", StringComparison.Ordinal)) return lines[i];
        }

        return "refused";
    }

    private static int Load(uint type, ReadOnlySpan<bpf_insn> code, string name, Span<byte> log)
    {
        fixed (bpf_insn* codeAt = code)
        fixed (byte* licenceAt = "GPL\0"u8, logAt = log)
        {
            bpf_attr_prog_load attr = new()
            {
                prog_type = type, insn_cnt = (uint)code.Length, insns = (ulong)codeAt, license = (ulong)licenceAt,
                log_level = log.IsEmpty ? 0u : 1u, log_size = (uint)log.Length, log_buf = (ulong)logAt,
            };
            Encoding.ASCII.GetBytes(name, new Span<byte>(attr.prog_name, BpfAbi.BPF_OBJ_NAME_LEN - 1));
            return BpfMap.Bpf(BpfAbi.BPF_PROG_LOAD, &attr, sizeof(bpf_attr_prog_load));
        }
    }
}

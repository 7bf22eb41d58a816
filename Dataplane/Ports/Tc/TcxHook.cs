using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Native.TcxAbi;

namespace RustyRail.Dataplane.Ports.Tc;

/// <summary>TCX (kernel 6.6): several programs in a row, without a queueing discipline. Attached directly and not by a link, so that it stays.</summary>
internal sealed unsafe class TcxHook(int deviceIndex) : IngressHook(deviceIndex)
{
    private const int MaxPrograms = 64;

    public override string Name => "tcx";

    public override BpfProgram? Find(string namePrefix)
    {
        uint* ids = stackalloc uint[MaxPrograms];
        bpf_attr_prog_query query = new()
        {
            target_ifindex = (uint)DeviceIndex, attach_type = BPF_TCX_INGRESS, prog_ids = (ulong)ids, count = MaxPrograms,
        };
        if (BpfMap.Bpf(BpfAbi.BPF_PROG_QUERY, &query, sizeof(bpf_attr_prog_query)) < 0)
        {
            // EINVAL: an attach type that this kernel does not know.
            int errno = Errno.Last;
            return errno is Errno.EINVAL or Errno.ENOENT or Errno.EOPNOTSUPP ? null : throw new NativeException("bpf(BPF_PROG_QUERY, tcx)", errno);
        }

        for (int i = 0; i < query.count; i++)
        {
            BpfProgram program = BpfProgram.OpenById(ids[i]);
            if (program.Describe().Name.StartsWith(namePrefix, StringComparison.Ordinal)) return program;
            program.Dispose();
        }

        return null;
    }

    public override void Attach(BpfProgram program) => Change(BpfAbi.BPF_PROG_ATTACH, program, BPF_F_BEFORE, null, "BPF_PROG_ATTACH");

    public override void Replace(BpfProgram older, BpfProgram program) => Change(BpfAbi.BPF_PROG_ATTACH, program, BPF_F_REPLACE, older, "BPF_PROG_ATTACH, replace");

    public override void Detach(BpfProgram program)
    {
        try
        {
            Change(BpfAbi.BPF_PROG_DETACH, program, 0, null, "BPF_PROG_DETACH");
        }
        catch (NativeException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            // Somebody else has removed it, or the device is gone.
        }
    }

    private void Change(int command, BpfProgram program, uint flags, BpfProgram? replaced, string what)
    {
        bpf_attr_prog_attach attr = new()
        {
            target_ifindex = (uint)DeviceIndex, attach_bpf_fd = (uint)program.Fd, attach_type = BPF_TCX_INGRESS, attach_flags = flags,
            replace_bpf_fd = (uint)(replaced?.Fd ?? 0),
        };
        if (BpfMap.Bpf(command, &attr, sizeof(bpf_attr_prog_attach)) < 0) throw NativeException.Last($"bpf({what}, tcx)");
    }
}

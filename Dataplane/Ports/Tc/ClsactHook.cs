using System.Runtime.InteropServices;
using System.Text;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using static RustyRail.Dataplane.Native.NetlinkAbi;
using static RustyRail.Dataplane.Native.TcAbi;

namespace RustyRail.Dataplane.Ports.Tc;

/// <summary>
/// A filter of the clsact queueing discipline (kernel 4.5; <c>tc filter show dev DEV ingress</c>). Where there was no clsact the filter's
/// name says so, and the last one to leave takes it away again.
/// </summary>
internal sealed unsafe class ClsactHook(int deviceIndex) : IngressHook(deviceIndex)
{
    private const uint QdiscHandle = 0xFFFF0000, Ingress = QdiscHandle | TC_H_MIN_INGRESS, Egress = QdiscHandle | TC_H_MIN_EGRESS;

    // Filters of one preference are of one kind; the lowest comes first.
    private const uint Preference = 1;

    private const string Guest = "rustyrail", Founder = "rustyrail, with clsact";

    private static uint ForAllProtocols(uint preference) => (preference << 16) | (ushort)((PacketAbi.ETH_P_ALL << 8) | (PacketAbi.ETH_P_ALL >> 8));

    public override string Name => "clsact";

    public override BpfProgram? Find(string namePrefix)
    {
        foreach (BpfFilter filter in List(Ingress))
        {
            if (filter.ProgramId == 0) continue;
            BpfProgram program = BpfProgram.OpenById(filter.ProgramId);
            if (program.Describe().Name.StartsWith(namePrefix, StringComparison.Ordinal)) return program;
            program.Dispose();
        }

        return null;
    }

    public override void Attach(BpfProgram program)
    {
        NetlinkRequest qdisc = Request(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, new tcmsg { tcm_handle = QdiscHandle, tcm_parent = TC_H_CLSACT }, "clsact");
        int errno = NetlinkRequest.ReadError(qdisc.Exchange()).Errno;
        if (errno is not (0 or Errno.EEXIST)) throw new NativeException("rtnetlink(RTM_NEWQDISC, clsact)", errno);
        bool isFounder = errno == 0;
        errno = Put(program, NLM_F_CREATE | NLM_F_EXCL, new BpfFilter(0, ForAllProtocols(Preference), 0, isFounder ? Founder : Guest));
        if (errno == 0) return;
        if (isFounder) RemoveQdisc();
        throw new NativeException("rtnetlink(RTM_NEWTFILTER, bpf)", errno);
    }

    public override void Replace(BpfProgram older, BpfProgram program)
    {
        BpfFilter found = FilterOf(older) ?? throw new NativeException("rtnetlink(RTM_GETTFILTER)", Errno.ENOENT);
        int errno = Put(program, NLM_F_CREATE | NLM_F_REPLACE, found);
        if (errno != 0) throw new NativeException("rtnetlink(RTM_NEWTFILTER, bpf, replace)", errno);
    }

    public override void Detach(BpfProgram program)
    {
        if (FilterOf(program) is not { } found) return;
        NetlinkRequest request = Request(RTM_DELTFILTER, 0, new tcmsg { tcm_handle = found.Handle, tcm_parent = Ingress, tcm_info = found.Info }, "bpf");
        int errno = NetlinkRequest.ReadError(request.Exchange()).Errno;
        if (errno is not (0 or Errno.ENOENT or Errno.ENODEV)) throw new NativeException("rtnetlink(RTM_DELTFILTER, bpf)", errno);
        if (found.Name == Founder && List(Ingress).Count == 0 && List(Egress).Count == 0) RemoveQdisc();
    }

    private void RemoveQdisc() =>
        _ = Request(RTM_DELQDISC, 0, new tcmsg { tcm_handle = QdiscHandle, tcm_parent = TC_H_CLSACT }, "clsact").Exchange();

    private BpfFilter? FilterOf(BpfProgram program)
    {
        uint id = program.ReadId();
        foreach (BpfFilter filter in List(Ingress))
        {
            if (filter.ProgramId == id) return filter;
        }

        return null;
    }

    private int Put(BpfProgram program, ushort flags, BpfFilter filter)
    {
        NetlinkRequest request = Request(RTM_NEWTFILTER, flags, new tcmsg { tcm_handle = filter.Handle, tcm_parent = Ingress, tcm_info = filter.Info }, "bpf");
        int options = request.Begin(TCA_OPTIONS);
        request.Add(TCA_BPF_FD, (uint)program.Fd);
        request.Add(TCA_BPF_NAME, filter.Name);
        request.Add(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
        request.End(options);
        return NetlinkRequest.ReadError(request.Exchange()).Errno;
    }

    /// <summary>All filters, those of other kinds too: without a program.</summary>
    private List<BpfFilter> List(uint parent)
    {
        List<BpfFilter> filters = [];
        tcmsg question = new() { tcm_ifindex = DeviceIndex, tcm_parent = parent };
        foreach (byte[] answer in Dump(question))
        {
            tcmsg message = MemoryMarshal.Read<tcmsg>(answer.AsSpan(sizeof(nlmsghdr)));
            // A filter's own message has a handle; the kernel lists each preference without one before.
            if (message.tcm_handle == 0) continue;
            uint id = 0;
            string name = "";
            if (NetlinkRequest.TryFind(answer.AsSpan(sizeof(nlmsghdr) + sizeof(tcmsg)), TCA_OPTIONS, out ReadOnlySpan<byte> options))
            {
                if (NetlinkRequest.TryFind(options, TCA_BPF_ID, out ReadOnlySpan<byte> number)) id = MemoryMarshal.Read<uint>(number);
                if (NetlinkRequest.TryFind(options, TCA_BPF_NAME, out ReadOnlySpan<byte> text)) name = Encoding.UTF8.GetString(text).TrimEnd('\0');
            }

            filters.Add(new BpfFilter(message.tcm_handle, message.tcm_info, id, name));
        }

        return filters;
    }

    private static List<byte[]> Dump(tcmsg question)
    {
        try
        {
            return NetlinkRequest.Create(RTM_GETTFILTER, NLM_F_DUMP, question).Dump();
        }
        catch (NativeException e) when (e.Errno == Errno.EOPNOTSUPP)
        {
            return []; // a kernel without classifiers
        }
    }

    private NetlinkRequest Request(ushort type, ushort flags, tcmsg body, string kind)
    {
        body.tcm_ifindex = DeviceIndex;
        NetlinkRequest request = NetlinkRequest.Create(type, (ushort)(NLM_F_ACK | flags), body);
        request.Add(TCA_KIND, kind);
        return request;
    }

    private readonly record struct BpfFilter(uint Handle, uint Info, uint ProgramId, string Name);
}

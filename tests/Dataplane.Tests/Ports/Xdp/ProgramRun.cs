using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>A loaded program in the real kernel, fed by BPF_PROG_TEST_RUN. The kernel takes no less than an Ethernet header; no driver delivers that either.</summary>
internal static unsafe class ProgramRun
{
    public static string Verdict(int programFd, ReadOnlySpan<byte> frame) => Verdict(programFd, frame, null);

    /// <summary>As if received on that queue. In the device's namespace, and the device must have an XDP program.</summary>
    public static string Verdict(int programFd, ReadOnlySpan<byte> frame, int linkIndex, int queue)
    {
        xdp_md context = new() { data_end = (uint)frame.Length, ingress_ifindex = (uint)linkIndex, rx_queue_index = (uint)queue };
        return Verdict(programFd, frame, &context);
    }

    /// <summary>Mean nanoseconds of many runs, by the kernel's clock.</summary>
    public static uint Cost(int programFd, ReadOnlySpan<byte> frame, int runs)
    {
        byte[] output = new byte[frame.Length];
        return Run(programFd, frame, output, null, runs).duration;
    }

    private static string Verdict(int programFd, ReadOnlySpan<byte> frame, xdp_md* context)
    {
        Span<byte> output = stackalloc byte[frame.Length + 64];
        bpf_attr_test test = Run(programFd, frame, output, context, runs: 1);
        Assert.True(frame.SequenceEqual(output[..(int)test.data_size_out]), "the program has changed the frame");
        return test.retval switch
        {
            XdpAbi.XDP_DROP => "drop",
            XdpAbi.XDP_PASS => "pass",
            XdpAbi.XDP_REDIRECT => "redirect",
            uint other => $"verdict {other}",
        };
    }

    private static bpf_attr_test Run(int programFd, ReadOnlySpan<byte> frame, Span<byte> output, xdp_md* context, int runs)
    {
        fixed (byte* input = frame, result = output)
        {
            bpf_attr_test test = new()
            {
                prog_fd = (uint)programFd, data_in = (ulong)input, data_size_in = (uint)frame.Length,
                data_out = (ulong)result, data_size_out = (uint)output.Length, repeat = (uint)runs,
                ctx_in = (ulong)context, ctx_size_in = context == null ? 0 : (uint)sizeof(xdp_md),
            };
            if (BpfMap.Bpf(BpfAbi.BPF_PROG_TEST_RUN, &test, sizeof(bpf_attr_test)) < 0) throw NativeException.Last("bpf(BPF_PROG_TEST_RUN)");
            return test;
        }
    }
}

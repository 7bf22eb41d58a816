using System.Net;
using RustyRail.Dataplane.Host.Generate;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Host.Generate;

/// <summary>Both programs in the real kernel, run one frame at a time by BPF_PROG_TEST_RUN.</summary>
internal sealed unsafe class TrafficBench : IDisposable
{
    public const int Run = 0x01234567;

    public static readonly byte[] OwnMac = [2, 0, 0, 0, 0, 1], BalancerMac = [2, 0, 0, 0, 0, 2];

    private readonly FrameTemplate _template;

    public TrafficBench(GenerateOptions options)
    {
        IPAddress router = IPAddress.Parse(options.Balancer.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "2001:db8:137::1" : "192.168.137.1");
        _template = FrameTemplate.Build(options, OwnMac, BalancerMac, router, Run);
        try
        {
            Traffic = Traffic.Load(_template, options, Run);
        }
        catch (NativeException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS)
        {
            throw new SkipException($"no BPF here: {e.Message}");
        }
    }

    public Traffic Traffic { get; }

    /// <summary>What the sender makes of a page that somebody else has written to.</summary>
    public (uint Verdict, byte[] Frame) Send()
    {
        byte[] frame = [.. _template.Bytes];
        // All but the payload, which nobody changes on the way.
        frame.AsSpan(0, _template.TransportAt + (_template.IsUdp ? 8 : 20)).Fill(0xA5);
        frame.AsSpan(_template.StampAt).Fill(0xA5);
        return Feed(Traffic.Sender, frame);
    }

    public uint Receive(byte[] frame) => Feed(Traffic.Sink, frame).Verdict;

    public void Dispose() => Traffic.Dispose();

    private static (uint Verdict, byte[] Frame) Feed(BpfProgram program, byte[] frame)
    {
        byte[] output = new byte[frame.Length];
        fixed (byte* input = frame, result = output)
        {
            bpf_attr_test test = new()
            {
                prog_fd = (uint)program.Fd, data_in = (ulong)input, data_size_in = (uint)frame.Length,
                data_out = (ulong)result, data_size_out = (uint)output.Length, repeat = 1,
            };
            if (BpfMap.Bpf(BpfAbi.BPF_PROG_TEST_RUN, &test, sizeof(bpf_attr_test)) < 0) throw NativeException.Last("bpf(BPF_PROG_TEST_RUN)");
            return (test.retval, output);
        }
    }
}

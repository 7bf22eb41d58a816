using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>The real program in the real kernel, fed by BPF_PROG_TEST_RUN. A bound socket on lo stands for the worker.</summary>
internal sealed unsafe class SteeringBench : IDisposable
{
    private readonly NetworkNamespace _namespace = NetworkNamespace.CreateOrSkip();
    private readonly XskSocket _socket;

    public SteeringBench(params VipPrefix[] vips)
    {
        try
        {
            Program = SteeringProgram.Create();
            _socket = _namespace.Run(() =>
            {
                using NetDevice lo = NetDevice.Find("lo");
                return XskSocket.Open(new AfXdpOptions { Device = "lo", ReceiveFrames = 64, TransmitFrames = 64 }, lo.Index, forceCopy: true);
            });
        }
        catch (NativeException e)
        {
            _namespace.Dispose();
            throw new SkipException($"no BPF or AF_XDP here: {e.Message}");
        }

        Program.SetOwnAddress(Frames.LocalMac);
        Program.Vips.Set(vips);
        Program.SetSocket(0, _socket.Fd);
    }

    public SteeringProgram Program { get; }

    public string Verdict(byte[] frame)
    {
        // The kernel refuses less than an Ethernet header; a driver never delivers that either.
        byte[] output = new byte[frame.Length + 64];
        fixed (byte* input = frame, result = output)
        {
            bpf_attr_test test = new()
            {
                prog_fd = (uint)Program.Fd, data_in = (ulong)input, data_size_in = (uint)frame.Length,
                data_out = (ulong)result, data_size_out = (uint)output.Length, repeat = 1,
            };
            if (BpfMap.Bpf(BpfAbi.BPF_PROG_TEST_RUN, &test, sizeof(bpf_attr_test)) < 0) throw NativeException.Last("bpf(BPF_PROG_TEST_RUN)");
            Assert.Equal(frame, output[..(int)test.data_size_out]);
            return test.retval switch
            {
                XdpAbi.XDP_DROP => "drop",
                XdpAbi.XDP_PASS => "pass",
                XdpAbi.XDP_REDIRECT => "redirect",
                uint other => $"verdict {other}",
            };
        }
    }

    /// <summary>As if the worker had died: the slot in the map empties itself.</summary>
    public void CloseSocket() => _socket.Dispose();

    public void Dispose()
    {
        _socket.Dispose();
        Program.Dispose();
        _namespace.Dispose();
    }
}

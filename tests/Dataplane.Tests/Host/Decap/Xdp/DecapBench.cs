using System.Net;
using System.Runtime.InteropServices;
using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Decap.Xdp;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Host.Decap.Xdp;

/// <summary>The real program in the real kernel, fed by BPF_PROG_TEST_RUN.</summary>
internal sealed unsafe class DecapBench : IDisposable
{
    public static readonly IPNetwork[] Balancers = [IPNetwork.Parse("192.168.137.0/24"), IPNetwork.Parse("2001:db8:137::/64")];

    private readonly DecapProgram _program = CreateOrSkip();

    public DecapBench(DecapForms forms = DecapForms.All, int guePort = 6080, params IPNetwork[] from)
    {
        Set(forms, guePort);
        AddressSet.SetSources(_program.Maps.Sources, from);
        foreach (string own in (string[])[TunnelFrame.Server, TunnelFrame.Server6, "10.1.0.1"]) _program.Maps.Addresses.Update(AddressKey.Of(IPAddress.Parse(own)), [1, 0, 0, 0]);
    }

    public DecapMaps Maps => _program.Maps;

    public DecapCounters Counters => DecapCounts.Read(_program.Maps.Counts);

    public void Set(DecapForms forms, int guePort)
    {
        ulong mac = 0;
        Frames.LocalMac.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref mac)));
        _program.Maps.Write(new DecapSettings(forms, guePort), mac);
    }

    /// <summary>What the program says, which count it raised (null: none), and the frame as it leaves.</summary>
    public (uint Verdict, DecapReason? Counted, byte[] Frame) Run(byte[] frame)
    {
        DecapCounters before = Counters;
        (uint verdict, byte[] result) = Feed(frame);
        DecapCounters after = Counters;
        DecapReason[] counted = [.. Enum.GetValues<DecapReason>().Where(reason => after[reason] != before[reason])];
        Assert.True(counted.Length <= 1, string.Join(", ", counted));
        return (verdict, counted.Length == 1 ? counted[0] : null, result);
    }

    public (uint Verdict, byte[] Frame) Feed(byte[] frame)
    {
        byte[] output = new byte[frame.Length + 64];
        fixed (byte* input = frame, result = output)
        {
            bpf_attr_test test = new()
            {
                prog_fd = (uint)_program.Fd, data_in = (ulong)input, data_size_in = (uint)frame.Length,
                data_out = (ulong)result, data_size_out = (uint)output.Length, repeat = 1,
            };
            if (BpfMap.Bpf(BpfAbi.BPF_PROG_TEST_RUN, &test, sizeof(bpf_attr_test)) < 0) throw NativeException.Last("bpf(BPF_PROG_TEST_RUN)");
            return (test.retval, output[..(int)test.data_size_out]);
        }
    }

    public void Dispose() => _program.Dispose();

    private static DecapProgram CreateOrSkip()
    {
        try
        {
            return DecapProgram.Create();
        }
        catch (NativeException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS)
        {
            throw new SkipException($"no BPF here: {e.Message}");
        }
    }
}

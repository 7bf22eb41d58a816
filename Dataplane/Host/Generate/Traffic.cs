using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>Both programs with their maps, the sink at the device's entry. The kernel takes all of it away with the last descriptor, however the process ends.</summary>
internal sealed unsafe class Traffic : IDisposable
{
    private readonly List<IDisposable> _held = [];
    private readonly BpfMap _state;
    private readonly BpfMap _counts;

    private Traffic(FrameTemplate template, GenerateOptions options, int run)
    {
        try
        {
            _state = Hold(BpfMap.Create(new BpfMapShape("rr_gen_state", BpfAbi.BPF_MAP_TYPE_ARRAY, sizeof(uint), SendState.Bytes, 1)));
            _counts = Hold(BpfMap.Create(new BpfMapShape("rr_gen_counts", BpfAbi.BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint), SinkCounts.Bytes, 1)));
            BpfMap latest = Hold(BpfMap.Create(new BpfMapShape("rr_gen_latest", BpfAbi.BPF_MAP_TYPE_ARRAY, sizeof(uint), sizeof(uint), (uint)options.Flows)));
            SendState orders = SendState.For(options);
            _state.Update(new byte[sizeof(uint)], MemoryMarshal.AsBytes(new ReadOnlySpan<SendState>(in orders)));
            Sender = Hold(BpfProgram.LoadXdp(SendCode.Assemble(template, _state.Fd, options.Flows, options.PacketsPerSecond is not null), "rr_generate"));
            Sink = Hold(BpfProgram.LoadXdp(SinkCode.Assemble(run, options.Flows, _counts.Fd, latest.Fd), "rr_gen_sink"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BpfProgram Sender { get; }

    public BpfProgram Sink { get; }

    public SinkCounts Returned => SinkCounts.Read(_counts);

    public SendState State
    {
        get
        {
            SendState state = default;
            _ = _state.TryLookUp(new byte[sizeof(uint)], MemoryMarshal.AsBytes(new Span<SendState>(ref state)));
            return state;
        }
    }

    /// <exception cref="NativeException">The kernel does not take the programs, or the device not the sink.</exception>
    public static Traffic Load(FrameTemplate template, GenerateOptions options, int run) => new(template, options, run);

    /// <summary>From now on the device's returning frames are counted.</summary>
    public void Attach(int deviceIndex)
    {
        bpf_attr_link_create attr = new()
        {
            prog_fd = (uint)Sink.Fd, target_ifindex = (uint)deviceIndex, attach_type = BpfAbi.BPF_XDP, flags = NetlinkAbi.XDP_FLAGS_DRV_MODE,
        };
        Hold(SafeFd.Take(BpfMap.Bpf(BpfAbi.BPF_LINK_CREATE, &attr, sizeof(bpf_attr_link_create)), "bpf(BPF_LINK_CREATE)"));
    }

    // The link last in, first out: the maps' users go before them.
    public void Dispose()
    {
        for (int i = _held.Count - 1; i >= 0; i--) _held[i].Dispose();
        _held.Clear();
    }

    private T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }
}

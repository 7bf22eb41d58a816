using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>One device of four queues, a socket each for three of them.</summary>
public sealed class SteeringQueuesTests : IDisposable
{
    private const string Device = "queues";
    private const int Queues = 4, Unserved = 2;

    private static readonly byte[][] _vips =
    [
        WireBytes.Frame(WireBytes.To(SteeringCases.Vip4)), WireBytes.Frame(WireBytes.To(SteeringCases.Vip6), 0x8100),
        WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Net4)).In6()),
        WireBytes.Frame(WireBytes.To(SteeringCases.Host4))[..20],
    ];

    private static readonly byte[][] _others =
    [
        WireBytes.Frame(WireBytes.To(SteeringCases.Host4)), WireBytes.Frame(WireBytes.To(SteeringCases.Host6), 0x8100),
        WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Other4)).In4()),
    ];

    private readonly NetworkNamespace _node = NetworkNamespace.CreateOrSkip();
    private readonly SteeringProgram _program;
    private readonly XskSocket?[] _sockets = new XskSocket?[Queues];
    private readonly int _link;

    public SteeringQueuesTests()
    {
        _node.Ip($"link add {Device} numrxqueues {Queues} numtxqueues {Queues} type veth peer name far numrxqueues {Queues} numtxqueues {Queues}");
        _node.Ip($"link set {Device} up");
        _node.Ip("link set far up");
        try
        {
            _program = SteeringProgram.Create();
            for (int queue = 0; queue < Queues; queue++)
            {
                if (queue != Unserved) Serve(queue);
            }
        }
        catch (NativeException e) when (e.Errno is Errno.EPERM or Errno.ENOSYS or Errno.EAFNOSUPPORT)
        {
            _program?.Dispose();
            _node.Dispose();
            throw new SkipException($"no BPF or AF_XDP here: {e.Message}");
        }

        _program.SetOwnAddress(Frames.LocalMac);
        _program.Vips.Set(SteeringBench.Prefixes(SteeringCases.Vips));
        _link = _node.Run(() =>
        {
            using NetDevice device = NetDevice.Find(Device);
            // The kernel knows a queue by its number only once an XDP program is on the device.
            Assert.Equal(0, XdpLink.Attach(device.Index, _program.Fd, XdpMode.Native).Errno);
            return device.Index;
        });
    }

    [SkippableFact]
    public void A_queue_that_nobody_serves_drops_the_vips_frames_and_passes_the_others()
    {
        for (int queue = 0; queue < Queues; queue++)
        {
            foreach (byte[] frame in _vips) Assert.Equal(queue == Unserved ? "drop" : "redirect", Verdict(frame, queue));
            foreach (byte[] frame in _others) Assert.Equal("pass", Verdict(frame, queue));
        }
    }

    [SkippableFact]
    public void A_worker_that_dies_or_starts_changes_its_own_queue_alone()
    {
        Serve(Unserved);
        _sockets[1]!.Dispose();
        for (int queue = 0; queue < Queues; queue++)
        {
            foreach (byte[] frame in _vips) Assert.Equal(queue == 1 ? "drop" : "redirect", Verdict(frame, queue));
            foreach (byte[] frame in _others) Assert.Equal("pass", Verdict(frame, queue));
        }
    }

    public void Dispose()
    {
        foreach (XskSocket? socket in _sockets) socket?.Dispose();
        _program.Dispose();
        _node.Dispose();
    }

    private string Verdict(byte[] frame, int queue) => _node.Run(() => ProgramRun.Verdict(_program.Fd, frame, _link, queue));

    private void Serve(int queue)
    {
        _sockets[queue] = _node.Run(() =>
        {
            using NetDevice device = NetDevice.Find(Device);
            AfXdpOptions options = new() { Device = Device, Queue = queue, ReceiveFrames = 64, TransmitFrames = 64 };
            return XskSocket.Open(options, device, Umem.SmallChunkBytes, forceCopy: true);
        });
        _program.SetSocket(queue, _sockets[queue]!.Fd);
    }
}

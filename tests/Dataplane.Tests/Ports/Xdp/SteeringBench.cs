using System.Net;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>The steering program with a bound socket on lo, which stands for the worker.</summary>
internal sealed class SteeringBench : IDisposable
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
                return XskSocket.Open(new AfXdpOptions { Device = "lo", ReceiveFrames = 64, TransmitFrames = 64 }, lo, Umem.SmallChunkBytes, forceCopy: true);
            });
        }
        catch (NativeException e)
        {
            _namespace.Dispose();
            Skip.If(e.Errno is Errno.EPERM or Errno.ENOSYS or Errno.EAFNOSUPPORT, $"no BPF or AF_XDP here: {e.Message}");
            throw;
        }

        Program.SetOwnAddress(Frames.LocalMac);
        Program.Vips.Set(vips);
        Program.SetSocket(0, _socket.Fd);
    }

    public SteeringProgram Program { get; }

    /// <summary>Prefixes as an operator writes them; /0 is a catch-all.</summary>
    public static VipPrefix[] Prefixes(params string[] networks) => [.. networks.Select(text =>
    {
        IPNetwork network = IPNetwork.Parse(text);
        return VipPrefix.Of(network, greOnly: network.PrefixLength == 0);
    })];

    public string Verdict(ReadOnlySpan<byte> frame) => ProgramRun.Verdict(Program.Fd, frame);

    /// <summary>As if the worker had died: the slot in the map empties itself.</summary>
    public void CloseSocket() => _socket.Dispose();

    public void Dispose()
    {
        _socket.Dispose();
        Program.Dispose();
        _namespace.Dispose();
    }
}

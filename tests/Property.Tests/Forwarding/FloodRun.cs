using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports;
using RustyRail.Tests.Support.Frames;

namespace Property.Tests.Forwarding;

/// <summary>A worker's pipeline that gets its frames from templates: nothing but the pipeline costs much.</summary>
internal sealed unsafe class FloodRun : IDisposable
{
    private const int BufferBytes = 512, Headroom = 128;

    private readonly RegionView _region;
    private readonly Forwarder _forwarder;
    private readonly byte* _buffers = (byte*)NativeMemory.AlignedAlloc(Forwarder.BatchSize * BufferBytes, 64);
    private readonly PacketSlot[] _slots = GC.AllocateArray<PacketSlot>(Forwarder.BatchSize, pinned: true);
    private readonly int[] _expected = new int[Forwarder.BatchSize];
    private int _count;

    public FloodRun(RegionView region)
    {
        _region = region;
        _forwarder = new Forwarder(region, worker: 0, deviceMac: 0);
    }

    public long Now { get; set; } = 1_000_000_000;

    public WorkerCounterBlock Totals => *_region.Counters(0);

    /// <param name="expected">The backend's slot, if it is known.</param>
    public void Send(FloodFlows flows, int number, int expected = -1)
    {
        _expected[_count] = expected;
        byte* data = _buffers + (_count * BufferBytes) + Headroom;
        int length = flows.Write(number, new Span<byte>(data, BufferBytes - Headroom));
        _slots[_count].Lend(data, (uint)length, Headroom, (uint)(BufferBytes - Headroom - length), 0);
        if (++_count == Forwarder.BatchSize) End();
    }

    /// <summary>The backend's slot.</summary>
    public int SendOne(FloodFlows flows, int number)
    {
        End();
        Send(flows, number);
        End();
        return _forwarder.WorkAt(0).Backend;
    }

    public void End()
    {
        if (_count == 0) return;
        _forwarder.Refresh();
        fixed (PacketSlot* slots = _slots)
        {
            if (!_forwarder.Process(slots, _count, Now)) throw new InvalidOperationException("a packet was not forwarded");
        }

        for (int i = 0; i < _count; i++)
        {
            int backend = _forwarder.WorkAt(i).Backend;
            if (_expected[i] >= 0 && backend != _expected[i]) throw new InvalidOperationException($"a flow of backend {_expected[i]} went to {backend}");
        }

        _forwarder.SweepFlows(Now);
        _count = 0;
    }

    public void Dispose() => NativeMemory.AlignedFree(_buffers);
}

/// <summary>Flows that differ in the client's address and port; packets of one kind.</summary>
internal sealed class FloodFlows(bool isIpv6, int firstClient, int protocol, int flags)
{
    private const int PortsEach = 1 << 16, Clients = 128;

    private readonly byte[][] _templates = [.. Enumerable.Range(firstClient, Clients).Select(client => Template(isIpv6, client, protocol, flags))];
    private readonly int _portAt = isIpv6 ? 14 + 40 : 14 + 20;

    public int Write(int number, Span<byte> into)
    {
        byte[] template = _templates[number / PortsEach];
        template.CopyTo(into);
        (into[_portAt], into[_portAt + 1]) = ((byte)(number >> 8), (byte)number);
        return template.Length;
    }

    private static byte[] Template(bool isIpv6, int client, int protocol, int flags)
    {
        byte[] payload = protocol == Compose.Tcp ? Compose.TcpSegment(0, 80, flags) : Compose.Datagram(0, 80, Compose.Bytes(12));
        byte[] frame = Compose.Ethernet(isIpv6 ? Compose.Ipv6($"2001:db8::{client:x}", "2001:db8:1::1", protocol, payload) : Compose.Ipv4($"10.{client}.0.1", "10.1.0.1", protocol, payload));
        Mending.Mend(frame);
        return frame;
    }
}

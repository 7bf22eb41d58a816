using System.Diagnostics;
using Dataplane.Tests.Ports;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Host.Run;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Tun;
using RustyRail.Tests.Support.Golden;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Golden;

/// <summary>
/// A catalogue of the table on a live AF_XDP port: one namespace sends, the other has the XDP program, the worker and a host. What the host gets is
/// seen on the device (the program let it pass) or on the TUN device (the pipeline gave it back).
/// </summary>
internal sealed unsafe class GoldenWire : IDisposable
{
    // Above every frame of the table; below what XDP on veth allows.
    private const int LinkMtuBytes = 3400;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private readonly VethLab _lab = new(LinkMtuBytes);
    private readonly TestRegion _region = new(GoldenNetwork.Capacities);
    private readonly Forwarder _forwarder;
    private readonly AfXdpPort _port;
    private readonly Worker<AfXdpPort> _worker;
    private readonly WholeFrameTap _wire, _device, _tun;

    public GoldenWire(GoldenCatalogue catalogue)
    {
        Assert.True(new SnapshotPublisher(_region.Control).TryPublish(GoldenNetwork.ContentOf(catalogue)));
        _wire = _lab.Peer.Run(() => new WholeFrameTap(VethLab.PeerDevice));
        _forwarder = new Forwarder(_region.View, worker: 0, deviceMac: 0);
        _port = _lab.Open(new AfXdpOptions { Device = VethLab.Device });
        _worker = new Worker<AfXdpPort>(_port, _forwarder);
        (_device, _tun) = _lab.Node.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0");
            _worker.Turn(RegionFile.Now);
            new AfXdpSteering(_port.Device, ports: 1).Follow(_forwarder.Reader.Current);
            using NetDevice device = NetDevice.Find(VethLab.Device);
            return (new WholeFrameTap(VethLab.Device), new WholeFrameTap(HostEntry.NameFor(device.Index)));
        });
    }

    public GoldenOutcome Send(byte[] frame)
    {
        foreach (WholeFrameTap tap in (WholeFrameTap[])[_wire, _device, _tun]) tap.Forget();
        _lab.Wire.Send(frame);
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < _patience)
        {
            int count = _lab.Node.Run(() =>
            {
                int received = _worker.Turn(RegionFile.Now);
                if (received == 0) _port.Wait(1);
                return received;
            });
            if (count > 0) return count == 1 ? OutcomeOf(_forwarder.WorkAt(0), frame) : throw new InvalidOperationException($"{count} frames arrived for one");
            if (_device.Next(seen => seen.AsSpan().SequenceEqual(frame), TimeSpan.Zero) != null) return new GoldenOutcome("host", Reason.NoService.Name(), null, null, frame);
        }

        return new GoldenOutcome("lost", null, null, null, null);
    }

    public void Dispose()
    {
        _wire.Dispose();
        _device.Dispose();
        _tun.Dispose();
        _port.Device.Dispose();
        _lab.Dispose();
        _region.Dispose();
    }

    private GoldenOutcome OutcomeOf(PacketWork work, byte[] frame)
    {
        byte[]? bytes = work.Verdict switch
        {
            Verdict.Forwarded or Verdict.Answered => _wire.Next(seen => !IsTheHosts(seen), _patience),
            Verdict.Host => ReenteredAs(frame),
            _ => null,
        };
        SnapshotView snapshot = _forwarder.Reader.Current;
        return new GoldenOutcome(
            work.Verdict.Name(),
            work.Verdict == Verdict.Forwarded ? null : work.Reason.Name(),
            work.Service < 0 ? null : SnapshotView.Text(snapshot.ServiceNames + work.Service),
            work.Backend < 0 ? null : SnapshotView.Text(snapshot.BackendNames + work.Backend),
            bytes);
    }

    /// <summary>The frame itself if its packet, or the one in its tunnel, came out of the TUN device; else what did.</summary>
    private byte[]? ReenteredAs(byte[] frame)
    {
        byte[]? entered = _tun.Next(_ => true, _patience);
        if (entered == null || entered.Length >= frame.Length) return entered;
        return WithoutHops(frame[^entered.Length..]).AsSpan().SequenceEqual(WithoutHops(entered)) ? frame : entered;
    }

    /// <summary>The way back may end a packet's hops, so that it is never routed on.</summary>
    private static byte[] WithoutHops(byte[] packet)
    {
        byte[] bytes = [.. packet];
        if (bytes[0] >> 4 == 6) bytes[7] = 0;
        else bytes.AsSpan(8, 1).Clear();
        if (bytes[0] >> 4 != 6) bytes.AsSpan(10, 2).Clear();
        return bytes;
    }

    /// <summary>ARP and the node's own ICMP, which answers earlier frames of the host.</summary>
    private static bool IsTheHosts(byte[] seen) => seen is [_, _, _, _, _, _, _, _, _, _, _, _, 8, 6, ..] || (seen.Length >= 34 && seen[12] == 8 && seen[23] == 1 && seen.AsSpan(26, 4).SequenceEqual((byte[])[192, 168, 137, 188]));
}

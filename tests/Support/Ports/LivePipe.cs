using System.Diagnostics;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;
using RustyRail.Lab.NetmapLoad;

namespace RustyRail.Tests.Support.Ports;

/// <summary>
/// A real netmap port for tests that otherwise use memory: one pipe is the wire, another stands for the host; the test holds both far ends.
/// In use where RUSTYRAIL_TEST_PORT says netmap, as in a virtual machine that has it.
/// </summary>
internal sealed unsafe class LivePipe : IDisposable
{
    public const string Variable = "RUSTYRAIL_TEST_PORT";

    // One memory for all pipes of all tests: to make one takes longer than most tests.
    private const ushort CommonMemory = 1;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly Lazy<LoadPort> _keeper = new(() => LoadPort.Open("rrtkeep{1", CommonMemory));
    private static int _count;

    private readonly LoadPort _wire;
    private readonly LoadPort _host;
    private readonly NetmapDevice _device;

    private LivePipe(string name)
    {
        _ = _keeper.Value;
        _wire = LoadPort.Open($"{name}}}w", CommonMemory);
        _host = LoadPort.Open($"{name}}}h", CommonMemory);
        _device = NetmapOpening.Open(new NetmapOptions { Port = $"{name}{{w", HostPort = $"{name}{{h", MemoryId = CommonMemory });
        Port = new NetmapPort(_device);
    }

    public NetmapPort Port { get; }

    public int MaxFrameBytes => _device.Queue.BufferBytes;

    public static LivePipe? OpenWhereAsked() =>
        Environment.GetEnvironmentVariable(Variable) == "netmap" ? new LivePipe($"rrt{Environment.ProcessId}n{Interlocked.Increment(ref _count)}") : null;

    public void Send(byte[] frame)
    {
        if (!_wire.Send(frame)) throw new InvalidOperationException("the pipe is full");
    }

    public byte[] TakeSent() => Take(_wire);

    public byte[] TakeFromHost() => Take(_host);

    public void Dispose()
    {
        _device.Dispose();
        _host.Dispose();
        _wire.Dispose();
        if (_device.LostBuffers > 0) throw new InvalidOperationException($"{_device.LostBuffers} netmap buffers were lost");
    }

    private static byte[] Take(LoadPort port)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < _patience)
        {
            port.SyncReceive();
            byte* at = port.NextReceived(out int length);
            if (at == null) continue;
            byte[] frame = new ReadOnlySpan<byte>(at, length).ToArray();
            port.Done();
            return frame;
        }

        throw new TimeoutException($"nothing came out of {port.Name}");
    }
}

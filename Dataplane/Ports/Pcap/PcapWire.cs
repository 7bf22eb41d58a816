using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Dataplane.Ports.Pcap;

/// <summary>
/// State of a <see cref="PcapPort"/>. Transmitted frames keep the time stamp of the frame that they were received as. Frames for the host
/// are only counted: a capture has no host.
/// </summary>
internal sealed unsafe class PcapWire : IDisposable
{
    private const int Buffers = 64, Headroom = 384, Tailroom = 128;
    private const int BufferBytes = (Headroom + PcapFormat.MaxFrameBytes + Tailroom + 63) & ~63;

    private readonly PcapReader _input;
    private readonly PcapWriter? _output;
    private readonly FramePool _pool = new(Buffers, Headroom, BufferBytes);
    private readonly long[] _timestamps = new long[Buffers];

    /// <summary>Owns both files from here on.</summary>
    public PcapWire(PcapReader input, PcapWriter? output)
    {
        _input = input;
        _output = output;
    }

    public long ReceivedFrames { get; private set; }

    public long TransmittedFrames { get; private set; }

    public long HostFrames { get; private set; }

    /// <summary>Time stamp of the frame received last: the clock of a replay.</summary>
    public long NowNanoseconds { get; private set; }

    public bool IsOpen { get; private set; } = true;

    /// <summary>The output keeps the input's resolution. Refuses to overwrite the input.</summary>
    public static PcapWire Open(string inputPath, string? outputPath)
    {
        if (outputPath is not null && Path.GetFullPath(outputPath) == Path.GetFullPath(inputPath))
            throw new PortException($"{outputPath}: input and output are the same file");
        PcapReader input = PcapReader.Open(inputPath);
        try
        {
            return new PcapWire(input, outputPath is null ? null : PcapWriter.Create(outputPath, input.HasNanoseconds));
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>The time stamp of a frame that is on loan.</summary>
    public long TimestampOf(in PacketSlot slot) => _timestamps[slot.Cookie];

    public void Dispose()
    {
        _input.Dispose();
        _pool.Dispose();
        _output?.Dispose();
    }

    internal int Receive(Span<PacketSlot> batch)
    {
        int count = 0;
        while (count < batch.Length && _pool.FreeCount > 0 && IsOpen)
        {
            if (!_input.TryRead(out PcapFrame frame))
            {
                IsOpen = false;
                break;
            }

            PacketSlot slot = _pool.Take(frame.Bytes);
            _timestamps[slot.Cookie] = NowNanoseconds = frame.TimestampNanoseconds;
            batch[count++] = slot;
            ReceivedFrames++;
        }

        return count;
    }

    internal int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        foreach (ref readonly PacketSlot slot in slots)
        {
            _output?.Write(new ReadOnlySpan<byte>(slot.Data, slot.Length), _timestamps[slot.Cookie]);
            _pool.Give(slot);
        }

        TransmittedFrames += slots.Length;
        return slots.Length;
    }

    internal bool TryToHost(in PacketSlot slot)
    {
        HostFrames++;
        _pool.Give(slot);
        return true;
    }

    internal void Release(in PacketSlot slot) => _pool.Give(slot);
}

using System.Buffers.Binary;

namespace RustyRail.Dataplane.Ports.Pcap;

/// <summary>Reads a capture in either byte order, with micro- or nanoseconds. Whatever is wrong with the file is one <see cref="PortException"/>.</summary>
internal sealed class PcapReader : IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte[] _buffer = new byte[PcapFormat.MaxFrameBytes];
    private bool _bigEndian;
    private long _position;
    private long _frames;

    /// <summary>The reader owns the stream from here on, also when it refuses the file.</summary>
    public PcapReader(Stream stream, string name)
    {
        _stream = stream;
        _name = name;
        try
        {
            ReadFileHeader();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public bool HasNanoseconds { get; private set; }

    public static PcapReader Open(string path)
    {
        try
        {
            return new PcapReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PortException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>False at the end of the file.</summary>
    public bool TryRead(out PcapFrame frame)
    {
        frame = default;
        long start = _position;
        int got = Fill(_buffer.AsSpan(0, PcapFormat.RecordHeaderBytes));
        if (got == 0) return false;
        _frames++;
        if (got < PcapFormat.RecordHeaderBytes) throw Damaged(start, $"record header cut short after {got} bytes");

        long seconds = U32(_buffer, 0);
        long fraction = U32(_buffer, 4);
        uint length = U32(_buffer, 8);
        if (length > PcapFormat.MaxFrameBytes) throw Damaged(start, $"length {length} is beyond {PcapFormat.MaxFrameBytes}");
        got = Fill(_buffer.AsSpan(0, (int)length));
        if (got < length) throw Damaged(start, $"{length} bytes announced, {got} present");

        long nanoseconds = HasNanoseconds ? fraction : fraction * 1000;
        frame = new PcapFrame(_buffer.AsSpan(0, (int)length), (seconds * 1_000_000_000) + nanoseconds);
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private void ReadFileHeader()
    {
        Span<byte> header = _buffer.AsSpan(0, PcapFormat.FileHeaderBytes);
        int got = Fill(header);
        if (got < PcapFormat.FileHeaderBytes) throw new PortException($"{_name}: not a capture file: {got} bytes, its header alone has {PcapFormat.FileHeaderBytes}");

        uint little = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint big = BinaryPrimitives.ReadUInt32BigEndian(header);
        _bigEndian = big is PcapFormat.MagicMicroseconds or PcapFormat.MagicNanoseconds;
        uint magic = _bigEndian ? big : little;
        if (magic == PcapFormat.MagicNextGeneration) throw new PortException($"{_name}: a pcapng file; convert it with: editcap -F pcap");
        if (magic is not (PcapFormat.MagicMicroseconds or PcapFormat.MagicNanoseconds)) throw new PortException($"{_name}: not a capture file: magic 0x{little:x8}");
        HasNanoseconds = magic == PcapFormat.MagicNanoseconds;

        ushort major = _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[4..]) : BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        if (major != PcapFormat.MajorVersion) throw new PortException($"{_name}: capture format version {major}, expected {PcapFormat.MajorVersion}");

        // The upper bits may tell the length of a frame check sequence.
        uint linkType = U32(_buffer, 20) & 0x0FFFFFFF;
        if (linkType != PcapFormat.LinkTypeEthernet) throw new PortException($"{_name}: link type {linkType}, expected {PcapFormat.LinkTypeEthernet} (Ethernet)");
    }

    private uint U32(byte[] bytes, int at) => _bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private int Fill(Span<byte> bytes)
    {
        try
        {
            int got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _position += got;
            return got;
        }
        catch (IOException e)
        {
            throw new PortException($"{_name}: cannot be read: {e.Message}", e);
        }
    }

    private PortException Damaged(long at, string what) => new($"{_name}: packet {_frames} at byte {at}: {what}");
}

using System.Buffers.Binary;

namespace RustyRail.Dataplane.Ports.Pcap;

/// <summary>Writes a capture, little-endian, with the time stamps that it is given, so that the same input gives the same bytes.</summary>
internal sealed class PcapWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly bool _nanoseconds;

    public PcapWriter(Stream stream, string name, bool nanoseconds)
    {
        _stream = stream;
        _name = name;
        _nanoseconds = nanoseconds;

        Span<byte> header = stackalloc byte[PcapFormat.FileHeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, nanoseconds ? PcapFormat.MagicNanoseconds : PcapFormat.MagicMicroseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], PcapFormat.MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], PcapFormat.MinorVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 1 << 18); // the longest frame that a reader must expect
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], PcapFormat.LinkTypeEthernet);
        Put(header);
    }

    public static PcapWriter Create(string path, bool nanoseconds = false)
    {
        try
        {
            return new PcapWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16), path, nanoseconds);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    public void Write(ReadOnlySpan<byte> frame, long timestampNanoseconds)
    {
        (long seconds, long fraction) = Math.DivRem(timestampNanoseconds, 1_000_000_000);
        Span<byte> header = stackalloc byte[PcapFormat.RecordHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(_nanoseconds ? fraction : fraction / 1000));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)frame.Length);
        Put(header);
        Put(frame);
    }

    /// <summary>What the disk did not take yet is written here, so this too can be refused.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException e)
        {
            throw Failed(_name, e);
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException e)
        {
            throw Failed(_name, e);
        }
    }

    private static PortException Failed(string name, Exception cause) => new($"{name}: cannot be written: {cause.Message}", cause);
}

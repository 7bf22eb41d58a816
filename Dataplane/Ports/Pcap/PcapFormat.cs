namespace RustyRail.Dataplane.Ports.Pcap;

/// <summary>The classic capture file format, as tcpdump writes it.</summary>
internal static class PcapFormat
{
    public const int FileHeaderBytes = 24, RecordHeaderBytes = 16;
    public const uint MagicMicroseconds = 0xA1B2C3D4, MagicNanoseconds = 0xA1B23C4D, MagicNextGeneration = 0x0A0D0D0A;
    public const ushort MajorVersion = 2, MinorVersion = 4;
    public const uint LinkTypeEthernet = 1;

    /// <summary>Above the largest possible IP packet plus Ethernet and VLAN headers; a longer record is taken for a damaged file.</summary>
    public const int MaxFrameBytes = 65536 + 64;
}

using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Packets;

/// <summary>RFC 791 section 3.1, the fixed 20 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Ipv4Header
{
    public const int Size = 20;

    /// <summary>First byte of a header without options: version 4, five words.</summary>
    public const byte WithoutOptions = 0x45;
    public const ushort DontFragment = 0x4000, DontFragmentRaw = 0x0040, MoreFragments = 0x2000, OffsetMask = 0x1FFF;

    public byte VersionAndLength;
    public byte TypeOfService;
    public U16Be TotalLength;
    public U16Be Identification;
    public U16Be FragmentField;
    public byte TimeToLive;
    public byte Protocol;
    public ushort Checksum;
    public uint Source;
    public uint Destination;

    public readonly int HeaderLength => (VersionAndLength & 0x0F) * 4;

    /// <summary>Version 4 and a header length of at least five words.</summary>
    public readonly bool IsSane => (VersionAndLength & 0xF0) == 0x40 && (VersionAndLength & 0x0F) >= 5;

    public readonly int FragmentOffset => FragmentField.Value & OffsetMask;
    public readonly bool IsFragment => (FragmentField.Value & (MoreFragments | OffsetMask)) != 0;
}

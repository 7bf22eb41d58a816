namespace RustyRail.Tests.Support.Reference;

/// <summary>Where what lies in a frame: offsets of its bytes.</summary>
internal struct Places
{
    public const int None = -1;

    /// <summary>The first IP header; before it Ethernet and its tags.</summary>
    public int First;

    /// <summary>The GRE header, or <see cref="None"/> for a packet that came plain.</summary>
    public int Gre;

    /// <summary>The IP header that names the VIP.</summary>
    public int Inner;

    /// <summary>Behind the first packet and behind the one that names the VIP, as their headers tell.</summary>
    public int FirstEnd, InnerEnd;

    /// <summary>Behind the inner IP header, its options and extension headers.</summary>
    public int Transport;
    public int Protocol;

    /// <summary>In units of 8 bytes.</summary>
    public int FragmentOffset;
    public bool IsFragment;
    public uint FragmentId;

    public readonly bool IsInGre => Gre != None;

    public readonly int InnerBytes => InnerEnd - Inner;

    public readonly bool HasPorts => FragmentOffset == 0 && Protocol is 6 or 17;
}

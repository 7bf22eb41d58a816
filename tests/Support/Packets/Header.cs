namespace RustyRail.Tests.Support.Packets;

/// <summary>One header of a frame under construction.</summary>
public abstract record Header
{
    /// <summary>What an IPv4 or IPv6 header says of this one, if it is directly inside.</summary>
    public virtual byte IpProtocol => 255;

    /// <summary>What an Ethernet, VLAN or GRE header says of this one.</summary>
    public virtual ushort EtherType => 0x88B5;

    /// <summary>This header's own bytes, for the given finished bytes behind it.</summary>
    /// <param name="network">The nearest IP header around this one: transport checksums cover its addresses.</param>
    internal abstract byte[] Write(byte[] behind, Header? inside, NetworkLayer? network);

    /// <summary>Spoils a right checksum by as much as the test says; 0 leaves it right.</summary>
    protected static ushort Spoil(ushort checksum, int error) => (ushort)(checksum + error);
}

/// <summary>IPv4 or IPv6.</summary>
public abstract record NetworkLayer : Header
{
    /// <summary>Sum of the pseudo-header: RFC 9293 section 3.1, RFC 8200 section 8.1.</summary>
    internal abstract uint PseudoHeader(byte protocol, int length);
}

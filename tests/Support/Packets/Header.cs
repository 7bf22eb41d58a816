namespace RustyRail.Tests.Support.Packets;

/// <summary>One header of a frame under construction.</summary>
public abstract record Header
{
    /// <summary>What an IPv4 header says of this one, if it is directly inside.</summary>
    public virtual byte IpProtocol => 255;

    /// <summary>What an Ethernet or GRE header says of this one.</summary>
    public virtual ushort EtherType => 0x88B5;

    /// <summary>This header's own bytes, for the given finished bytes behind it.</summary>
    internal abstract byte[] Write(byte[] behind, Header? inside, Header? around);

    /// <summary>Spoils a right checksum by as much as the test says; 0 leaves it right.</summary>
    protected static ushort Spoil(ushort checksum, int error) => (ushort)(checksum + error);
}

/// <summary>Ethernet II.</summary>
public sealed record EthernetLayer : Header
{
    public required byte[] Destination { get; init; }
    public required byte[] Source { get; init; }

    /// <summary>Null: that of the header inside.</summary>
    public ushort? Type { get; init; }

    internal override byte[] Write(byte[] behind, Header? inside, Header? around)
    {
        ushort type = Type ?? inside?.EtherType ?? 0x0800;
        return [.. Destination, .. Source, (byte)(type >> 8), (byte)type];
    }
}

namespace RustyRail.Tests.Support.Packets;

/// <summary>Ethernet II; inside a tunnel the frame that it carries.</summary>
public sealed record EthernetLayer : Header
{
    public required byte[] Destination { get; init; }
    public required byte[] Source { get; init; }

    /// <summary>Null: that of the header inside.</summary>
    public ushort? Type { get; init; }

    /// <summary>Transparent Ethernet bridging, as GRE and Geneve name it.</summary>
    public override ushort EtherType => 0x6558;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        ushort type = Type ?? inside?.EtherType ?? 0x0800;
        return [.. Destination, .. Source, (byte)(type >> 8), (byte)type];
    }
}

/// <summary>IEEE 802.1Q.</summary>
public sealed record VlanLayer : Header
{
    public const ushort Customer = 0x8100, ServiceProvider = 0x88A8;

    public int Id { get; init; }

    /// <summary>0-7.</summary>
    public int Priority { get; init; }
    public bool DropEligible { get; init; }
    public ushort TagType { get; init; } = Customer;

    /// <summary>Null: that of the header inside.</summary>
    public ushort? Type { get; init; }

    public override ushort EtherType => TagType;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        int control = (Priority << 13) | (DropEligible ? 1 << 12 : 0) | Id;
        ushort type = Type ?? inside?.EtherType ?? 0x0800;
        return [(byte)(control >> 8), (byte)control, (byte)(type >> 8), (byte)type];
    }
}

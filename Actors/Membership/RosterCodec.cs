using RustyRail.Actors.Catalogue.Serialization;

namespace RustyRail.Actors.Membership;

/// <summary>Version 1: version, count, (node, length, (version, presence, address)). Extend only, at the end of an entry. On the wire and on disk.</summary>
internal static class RosterCodec
{
    private const byte Version = 1;

    public static byte[] Encode(Roster roster)
    {
        var writer = new EntryWriter();
        writer.Byte(Version);
        writer.Number(roster.ByNode.Count);
        foreach ((string node, RosterEntry entry) in roster.ByNode)
        {
            var fields = new EntryWriter();
            fields.Number(entry.Version);
            fields.Byte((byte)entry.Presence);
            fields.Text(entry.Address);
            writer.Text(node);
            writer.Bytes(fields.ToArray());
        }

        return writer.ToArray();
    }

    public static Roster Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        byte version = reader.Byte();
        if (version != Version) throw new FormatException($"a roster of version {version}; this program knows {Version}");

        var nodes = Roster.Empty.ByNode.ToBuilder();
        for (int left = reader.Count(); left > 0; left--)
        {
            string node = reader.Text();
            var fields = new EntryReader(reader.Bytes());
            nodes[node] = new RosterEntry(fields.Number(), (Presence)fields.Byte(), fields.Text());
        }

        return new Roster(nodes.ToImmutable());
    }
}

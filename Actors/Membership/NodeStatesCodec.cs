using RustyRail.Actors.Catalogue.Serialization;

namespace RustyRail.Actors.Membership;

/// <summary>Version 1: version, count, (node, length, (version, generation, spec digest, table digest)). Extend only, at the end of an entry.</summary>
internal static class NodeStatesCodec
{
    private const byte Version = 1;

    public static byte[] Encode(NodeStates states)
    {
        var writer = new EntryWriter();
        writer.Byte(Version);
        writer.Number(states.ByNode.Count);
        foreach ((string node, NodeState state) in states.ByNode)
        {
            var entry = new EntryWriter();
            entry.Number(state.Version);
            entry.Number(state.Generation);
            entry.Text(state.SpecDigest);
            entry.Text(state.TableDigest);
            writer.Text(node);
            writer.Bytes(entry.ToArray());
        }

        return writer.ToArray();
    }

    public static NodeStates Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        byte version = reader.Byte();
        if (version != Version) throw new FormatException($"node states of version {version}; this program knows {Version}");

        NodeStates states = NodeStates.Empty;
        for (int left = reader.Count(); left > 0; left--)
        {
            string node = reader.Text();
            var entry = new EntryReader(reader.Bytes());
            states = states.With(node, new NodeState(entry.Number(), entry.Number(), entry.Text(), entry.Text()));
        }

        return states;
    }
}
